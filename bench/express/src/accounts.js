// What people do with accounts: register, log in, change the password.

import { accountFrom, COLUMNS } from './account.js';
import { emailTaken, invalidCredentials } from './errors.js';
import * as passwords from './passwords.js';
import { openSession, revokeAll } from './sessions.js';

const LONGEST_EMAIL = 254; // octets
const LONGEST_LOCAL_PART = 64;
const PRINTABLE = /^[^\p{C}\p{Z}]+$/u;

export async function register(database, email, password) {
  const passwordHash = await passwords.hash(password);
  const { rows } = await database.query(
    `INSERT INTO accounts (email, password_hash) VALUES ($1, $2)
     ON CONFLICT (lower(email)) DO NOTHING
     RETURNING id, email, created_at`,
    [email.normalize('NFC'), passwordHash],
  );
  if (rows.length === 0) throw emailTaken('There is an account with this e-mail address. Log in instead.');
  return accountFrom(rows[0]);
}

/** A new session; no connection is held while the password is checked. */
export async function logIn(database, email, password) {
  const known = emailProblem(email) ? undefined : await findByEmail(database, email.normalize('NFC'));
  const matches = await passwords.verify(password, known?.password_hash);
  if (!known || !matches) throw wrongCredentials();
  const old = known.password_hash;
  const current = passwords.isOutdated(old) ? await passwords.hash(password) : old;
  return database.transaction(async (client) => {
    // Whoever changes the password meanwhile means to end the sessions of who knew the old one.
    const locked = await client.query(
      current === old
        ? 'SELECT 1 FROM accounts WHERE id = $1 AND password_hash = $2 AND $2 = $3 FOR SHARE'
        : 'UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2',
      [known.id, old, current],
    );
    if (locked.rowCount === 0) throw wrongCredentials();
    return { ...(await openSession(client, known.id)), account: accountFrom(known) };
  });
}

/** Replaces the password, and ends every other session of the account. */
export async function changePassword(database, session, currentPassword, newPassword) {
  const { id } = session.account;
  const { rows } = await database.query('SELECT password_hash FROM accounts WHERE id = $1', [id]);
  const old = rows[0]?.password_hash;
  if (!(await passwords.verify(currentPassword, old))) throw invalidCredentials('The current password is wrong.');
  const renewed = await passwords.hash(newPassword);
  await database.transaction(async (client) => {
    const done = await client.query('UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2', [
      id,
      old,
      renewed,
    ]);
    if (done.rowCount === 0) throw invalidCredentials('The password was changed a moment ago. Log in with the new one.');
    await revokeAll(client, id, session.tokenHash);
  });
}

/** What is wrong with an e-mail address; undefined when nothing is. */
export function emailProblem(email) {
  const [local, domain, ...more] = email.split('@');
  const labels = domain?.split('.') ?? [];
  if (more.length > 0 || !PRINTABLE.test(email) || labels.length < 2 || !labels.every(Boolean)) {
    return 'must look like name@example.com';
  }
  const [localOctets, octets] = [local, email].map((text) => Buffer.byteLength(text));
  if (localOctets === 0 || localOctets > LONGEST_LOCAL_PART || octets > LONGEST_EMAIL) {
    return `must have 1 to ${LONGEST_LOCAL_PART} characters before the @ and ${LONGEST_EMAIL} in all`;
  }
  return undefined;
}

async function findByEmail(database, email) {
  const { rows } = await database.query(
    `SELECT ${COLUMNS}, a.password_hash FROM accounts a LEFT JOIN prices p ON p.id = a.price_id
     WHERE lower(a.email) = lower($1)`,
    [email],
  );
  return rows[0];
}

const wrongCredentials = () => invalidCredentials('The e-mail address or the password is wrong.');
