-- Who may use the API, and the sessions they are logged in with.

CREATE TABLE accounts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL,                              -- as its owner wrote it
    password_hash text NOT NULL,                      -- Argon2id, with its parameters
    created_at timestamptz NOT NULL DEFAULT now()
);
-- One account for an address, however its letters are written.
CREATE UNIQUE INDEX accounts_email_key ON accounts (lower(email));

CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,                     -- SHA-256 of the token; the token itself is not stored
    account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_account_id_idx ON sessions (account_id);
