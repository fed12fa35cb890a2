-- Applied at each start, under an advisory lock: every statement may find its work done.

CREATE TABLE IF NOT EXISTS prices (
    id text PRIMARY KEY,                              -- Stripe's, price_...
    plan text,
    "interval" text NOT NULL,
    unit_amount bigint NOT NULL,
    currency text NOT NULL
);

CREATE TABLE IF NOT EXISTS accounts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    stripe_customer_id text UNIQUE,
    payment_method_id text,
    card_brand text,
    card_last4 text,
    card_exp_month smallint,
    card_exp_year smallint,
    subscription_id text UNIQUE,
    subscription_status text,
    price_id text REFERENCES prices (id),
    current_period_end timestamptz,
    cancel_at timestamptz,
    latest_invoice_id text,
    latest_invoice_status text,
    billing_version bigint NOT NULL DEFAULT 0,        -- rises with each synchronisation; a stale one loses
    attempt bigint NOT NULL DEFAULT 0                 -- rises when it is known what became of a creation at Stripe
);
CREATE UNIQUE INDEX IF NOT EXISTS accounts_email_key ON accounts (lower(email));

CREATE TABLE IF NOT EXISTS sessions (
    token_hash bytea PRIMARY KEY,                     -- SHA-256; the token itself is not stored
    account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS sessions_account_id_idx ON sessions (account_id);

CREATE TABLE IF NOT EXISTS webhook_events (
    id text PRIMARY KEY,                              -- Stripe's, evt_...
    type text NOT NULL,
    customer_id text,
    received_at timestamptz NOT NULL DEFAULT now(),
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    settled_at timestamptz                            -- null until its effect is stored
);
CREATE INDEX IF NOT EXISTS webhook_events_pending_idx ON webhook_events (next_attempt_at) WHERE settled_at IS NULL;
