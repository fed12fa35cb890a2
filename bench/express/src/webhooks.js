// Webhooks: an event is stored once and acknowledged; then what is true of its customer is read from Stripe.

import { wrongMode } from './errors.js';
import { Mutex } from './mutex.js';
import { synchronise } from './synchronise.js';

const TYPES = /^(customer\.(deleted|updated)|customer\.subscription\..+|invoice\..+|payment_method\..+)$/;
const LOOKS_EVERY_MS = 5000; // for what failed or what another process left; what comes in is booked right away
const AT_ONCE = 4;

// Claims an event for a minute; a pause that doubles follows each attempt, half an hour at the most.
const CLAIM = `
  UPDATE webhook_events SET
    attempts = attempts + 1,
    next_attempt_at = now() + least(interval '30 minutes', interval '1 minute' * power(2, least(attempts, 10)))
  WHERE id = (
    SELECT id FROM webhook_events WHERE settled_at IS NULL AND next_attempt_at <= now()
    ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  RETURNING id, customer_id`;
const SETTLE = 'UPDATE webhook_events SET settled_at = now() WHERE id = $1';

export class Webhooks {
  #database;
  #gateway;
  #settings;
  #logger;
  #alone = new Mutex();
  #timer;
  #working = new Set();
  #isStopping = false;

  constructor(database, gateway, settings, logger) {
    this.#database = database;
    this.#gateway = gateway;
    this.#settings = settings;
    this.#logger = logger;
  }

  start() {
    this.#timer = setInterval(() => this.#wake(), LOOKS_EVERY_MS);
  }

  /** Ends when what is under way is done; the rest stays pending. */
  async stop() {
    this.#isStopping = true;
    clearInterval(this.#timer);
    await Promise.allSettled(this.#working);
  }

  /** Stores a verified event for good. */
  async receive(event) {
    if (event.live !== this.#settings.live) {
      throw wrongMode('This is an event of the other mode (test or live): correct the webhook endpoint.');
    }
    const isOurs = event.environment === null || event.environment === this.#settings.environment;
    const hasWork = isOurs && TYPES.test(event.type) && event.customerId !== null;
    const { rowCount } = await this.#database.query(
      `INSERT INTO webhook_events (id, type, customer_id, settled_at)
       VALUES ($1, $2, $3, CASE WHEN $4 THEN NULL ELSE now() END) ON CONFLICT (id) DO NOTHING`,
      [event.id, event.type, event.customerId, hasWork],
    );
    const isNew = rowCount === 1;
    this.#logger.info({ event: 'webhook_received', event_id: event.id, type: event.type, new: isNew });
    if (isNew && hasWork) this.#wake();
  }

  #wake() {
    if (this.#isStopping || this.#working.size >= AT_ONCE) return;
    const work = this.#drain().finally(() => this.#working.delete(work));
    this.#working.add(work);
  }

  async #drain() {
    try {
      while (!this.#isStopping) {
        const { rows } = await this.#database.query(CLAIM);
        if (rows.length === 0) return;
        await this.#book(rows[0]);
      }
    } catch (error) {
      if (error.code !== 'database_unavailable') this.#logger.error({ event: 'webhook_worker_failed', err: error });
    }
  }

  async #book({ id, customer_id: customerId }) {
    try {
      const { rows } = await this.#database.query('SELECT id FROM accounts WHERE stripe_customer_id = $1', [customerId]);
      if (rows.length === 0) {
        await this.#database.query(SETTLE, [id]);
        this.#logger.info({ event: 'webhook_ignored', event_id: id, reason: 'no account has this customer' });
        return;
      }
      const also = (client) => client.query(SETTLE, [id]);
      const parts = { database: this.#database, gateway: this.#gateway };
      await this.#alone.run(rows[0].id, () => synchronise(parts, rows[0].id, { also }));
      this.#logger.info({ event: 'webhook_booked', event_id: id, account_id: rows[0].id });
    } catch (error) {
      this.#logger.warn({ event: 'webhook_postponed', event_id: id, reason: error.code ?? error.name });
    }
  }
}
