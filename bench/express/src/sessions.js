// Sessions: an opaque token of 256 random bits, of which only the SHA-256 is stored.

import { createHash, randomBytes } from 'node:crypto';

import { accountFrom, COLUMNS } from './account.js';
import { sessionRequired } from './errors.js';

const HEADER = /^bearer +([A-Za-z0-9_-]{43})$/i;

// One round trip: it notes the use itself, and writes only when the last note is older than five minutes.
const FIND = {
  name: 'session',
  text: `
    WITH found AS (
      SELECT token_hash, account_id, last_used_at FROM sessions
      WHERE token_hash = $1 AND expires_at > now() AND last_used_at > now() - interval '14 days'
    ), touched AS (
      UPDATE sessions SET last_used_at = now() FROM found
      WHERE sessions.token_hash = found.token_hash AND found.last_used_at < now() - interval '5 minutes'
    )
    SELECT ${COLUMNS}
    FROM found JOIN accounts a ON a.id = found.account_id LEFT JOIN prices p ON p.id = a.price_id`,
};

/** A new session: the token, which is shown this once, and when it ends at the latest. */
export async function openSession(client, accountId) {
  const token = randomBytes(32).toString('base64url');
  const { rows } = await client.query(
    `WITH ended AS (DELETE FROM sessions WHERE account_id = $1 AND expires_at < now())
     INSERT INTO sessions (account_id, token_hash, expires_at) VALUES ($1, $2, now() + interval '90 days')
     RETURNING expires_at`,
    [accountId, digest(token)],
  );
  return { token, expiresAt: rows[0].expires_at };
}

/** The session that an `Authorization` header names. */
export async function authenticate(database, authorization) {
  const token = HEADER.exec(authorization ?? '')?.[1];
  if (!token) throw sessionRequired('Log in, and send the token as `Authorization: Bearer <token>`.');
  const tokenHash = digest(token);
  const { rows } = await database.query({ ...FIND, values: [tokenHash] });
  if (rows.length === 0) throw sessionRequired('The session has ended. Log in again.');
  return { tokenHash, account: accountFrom(rows[0]) };
}

export const revoke = (database, session) =>
  database.query('DELETE FROM sessions WHERE token_hash = $1', [session.tokenHash]);

/** Ends every session of an account, except the one with the hash `but`. */
export const revokeAll = (client, accountId, but = null) =>
  client.query('DELETE FROM sessions WHERE account_id = $1 AND token_hash IS DISTINCT FROM $2', [accountId, but]);

const digest = (token) => createHash('sha256').update(token).digest();
