// The pool: connects in the background, survives outages and says how it is.

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkServerIdentity } from 'node:tls';

import pg from 'pg';

import { databaseUnavailable } from './errors.js';

const MIGRATION_LOCK = 7316402; // any number, the same for all processes
const PROBE_MS = 2000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
// A failover takes a minute or two; if the load balancer took every task out meanwhile, it would take longer.
const TOLERATED_OUTAGE_MS = 180_000;

// Connections that cannot be had or broke, a server that goes away or is read-only.
const LOST_STATES = /^(08|53|57P0)|^(25006|28|3D)/;
const LOST_MESSAGES = /^(Connection terminated|timeout exceeded|Query read timeout|Client has encountered)/;

pg.types.setTypeParser(pg.types.builtins.INT8, Number); // amounts and versions, far below 2^53

export class Database {
  #url;
  #logger;
  #pool;
  #stopping = new AbortController();
  #probe;
  #unreachableSince;

  constructor(url, logger) {
    this.#url = new URL(url);
    this.#logger = logger;
  }

  /** Connects however long it takes and applies the schema; resolves when ready or stopped. */
  async start() {
    for (let pause = FIRST_PAUSE_MS; !this.#stopping.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        this.#pool = await this.#open();
        this.#logger.info('database_ready');
        return;
      } catch (error) {
        this.#logger.warn({ event: 'database_not_ready', reason: error.code ?? error.message });
        await sleep(pause * (0.5 + Math.random() / 2), null, { signal: this.#stopping.signal }).catch(() => {});
      }
    }
  }

  async stop() {
    this.#stopping.abort();
    await this.#pool?.end();
  }

  /** One statement; resolves to its result. */
  async query(...query) {
    return this.#translated(() => this.#ready().query(...query));
  }

  /** Several statements that happen together or not at all. */
  async transaction(work) {
    const client = await this.#translated(() => this.#ready().connect());
    let broken;
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((rollbackError) => {
        broken = rollbackError;
      });
      throw this.#translate(error);
    } finally {
      client.release(broken);
    }
  }

  /** connecting, connected, interrupted (for less than three minutes) or unreachable; one probe at a time. */
  async state() {
    if (!this.#pool) return 'connecting';
    this.#probe ??= this.#isReachable().finally(() => {
      this.#probe = undefined;
    });
    if (await this.#probe) {
      this.#unreachableSince = undefined;
      return 'connected';
    }
    this.#unreachableSince ??= Date.now();
    return Date.now() - this.#unreachableSince < TOLERATED_OUTAGE_MS ? 'interrupted' : 'unreachable';
  }

  async #isReachable() {
    const asked = this.query('SELECT 1').then(
      () => true,
      () => false,
    );
    return Promise.race([asked, sleep(PROBE_MS, false, { ref: false })]);
  }

  #ready() {
    if (!this.#pool) throw unavailable();
    return this.#pool;
  }

  async #translated(work) {
    try {
      return await work();
    } catch (error) {
      throw this.#translate(error);
    }
  }

  #translate(error) {
    const isSocket = error.syscall !== undefined;
    if (!isSocket && !LOST_STATES.test(error.code ?? '') && !LOST_MESSAGES.test(error.message)) return error;
    this.#logger.warn({ event: 'database_unavailable', reason: error.code ?? error.message });
    return unavailable(error);
  }

  async #open() {
    const options = { ...this.#address(), ssl: await this.#tls(), connectionTimeoutMillis: 5000 };
    await applySchema(options);
    const pool = new pg.Pool({
      ...options,
      application_name: 'priceguard-express',
      max: 10,
      connectionTimeoutMillis: 3000,
      idleTimeoutMillis: 300_000,
      query_timeout: 10_000,
      statement_timeout: 15_000,
      idle_in_transaction_session_timeout: 30_000,
    });
    pool.on('error', (error) => this.#logger.warn({ event: 'database_connection_lost', reason: error.code ?? error.message }));
    return pool;
  }

  #address() {
    const { hostname, port, username, password, pathname } = this.#url;
    return {
      host: bare(hostname),
      port: Number(port) || 5432,
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database: decodeURIComponent(pathname.slice(1)),
    };
  }

  async #tls() {
    const { searchParams, hostname } = this.#url;
    const mode = searchParams.get('sslmode');
    if (mode === 'disable') return false;
    if (mode === 'require') return { rejectUnauthorized: false };
    return {
      ca: await readFile(searchParams.get('sslrootcert'), 'utf8'),
      // The driver names no host to Node when it is an IP address, and Node would then compare with "localhost".
      checkServerIdentity: (_name, certificate) => checkServerIdentity(bare(hostname), certificate),
    };
  }
}

// An IPv6 address without the brackets that it has in a URL.
const bare = (hostname) => hostname.replace(/^\[|\]$/g, '');

function unavailable(cause) {
  const error = databaseUnavailable('The service cannot reach its database at this moment. Try again shortly.');
  error.cause = cause;
  return error;
}

async function applySchema(options) {
  const schema = await readFile(new URL('./schema.sql', import.meta.url), 'utf8');
  const client = new pg.Client({ ...options, application_name: 'priceguard-express-schema' });
  client.on('error', () => {}); // the query that is under way fails as well, and says so
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query(schema);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
