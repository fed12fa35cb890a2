// What people do with their subscription: save a card, subscribe, change, cancel.
//
// Each decides by what Stripe says now, writes, and returns what is true then: the account, and the client secret when
// the customer must authenticate a payment. Changes of one account wait for each other in this process. Across
// processes an idempotency key holds for what must not be made twice; it is the same until the outcome is known.

import { ENDED, isPastDue, PAID, selectAccount } from './account.js';
import * as errors from './errors.js';
import { Mutex } from './mutex.js';
import { isDefinite } from './stripe-failures.js';
import { synchronise } from './synchronise.js';

const HISTORY_MS = 366 * 24 * 3600 * 1000;

export class Billing {
  #database;
  #gateway;
  #prices;
  #alone = new Mutex();

  constructor(database, gateway, prices) {
    this.#database = database;
    this.#gateway = gateway;
    this.#prices = new Set(prices.map(({ id }) => id));
  }

  createSetupIntent({ id }) {
    return this.#alone.run(id, async () => {
      const customer = await this.#customer(await selectAccount(this.#database, id));
      return this.#gateway.createSetupIntent(customer);
    });
  }

  /** Pay with this from now on, and pay with it at once what is open. */
  savePaymentMethod({ id }, paymentMethodId) {
    return this.#alone.run(id, async () => {
      const { customerId } = (await selectAccount(this.#database, id)).billing;
      const found = customerId && (await this.#gateway.paymentMethod(paymentMethodId));
      if (!found || found.customerId !== customerId) {
        throw errors.paymentMethodNotFound('There is no such payment method. Save it with a setup intent first.');
      }
      const saved = await this.#write(id, () => this.#gateway.setDefaultPaymentMethod(customerId, found.id));
      const { subscription } = saved.account.billing;
      const isOwed = subscription && (isPastDue(subscription.status) || subscription.status === 'incomplete');
      return isOwed ? this.#payWhatIsOpen(saved.account) : { ...saved, clientSecret: null };
    });
  }

  /** A subscription, paid with the saved card; or the one there is, if it is that. */
  subscribe({ id }, priceId) {
    this.#requireAllowed(priceId);
    return this.#alone.run(id, async () => {
      const account = await this.#synchronise(id);
      const { customerId, paymentMethod, subscription } = account.billing;
      if (subscription && !ENDED.has(subscription.status)) {
        if (subscription.price.id !== priceId || subscription.cancelAt) {
          throw errors.alreadySubscribed('There is a subscription. Change its plan, resume or cancel it.');
        }
        return subscription.status === 'incomplete' ? this.#payWhatIsOpen(account) : { account };
      }
      if (!customerId || !paymentMethod) throw errors.cardRequired('Save a card first.');
      const key = `subscribe:${id}:${account.attempt}:${subscription?.id ?? 'first'}`;
      const create = () => this.#gateway.createSubscription(account, priceId, key);
      return { ...(await this.#write(id, create, { creates: true })), created: true };
    });
  }

  /** Another price for the living subscription, the difference paid at once. */
  changePlan({ id }, priceId) {
    this.#requireAllowed(priceId);
    return this.#alone.run(id, async () => {
      const account = await this.#subscribed(id);
      const { subscription } = account.billing;
      if (subscription.price.id === priceId) return { account };
      if (!PAID.has(subscription.status)) {
        throw errors.invoiceOpen('The subscription is not paid. Save a card that works, or cancel it.');
      }
      return this.#write(id, () => this.#gateway.changePrice(subscription.id, priceId));
    });
  }

  /** End the subscription when what is paid for is used up, or now; to say it twice is fine. */
  cancel({ id }, atPeriodEnd) {
    return this.#alone.run(id, async () => {
      const account = await this.#subscribed(id);
      const { subscription } = account.billing;
      const later = atPeriodEnd && subscription.status !== 'incomplete'; // no period of that was paid
      if (later && subscription.cancelAt) return { account };
      return this.#write(id, () => this.#gateway.cancel(subscription.id, later));
    });
  }

  /** Take back the decision to cancel, as long as the subscription lives. */
  resume({ id }) {
    return this.#alone.run(id, async () => {
      const account = await this.#subscribed(id);
      const { subscription } = account.billing;
      if (!subscription.cancelAt) return { account };
      return this.#write(id, () => this.#gateway.resume(subscription.id));
    });
  }

  /** Twelve months of invoices and payments, the newest first. */
  async history({ billing }) {
    return billing.customerId ? this.#gateway.history(billing.customerId, Date.now() - HISTORY_MS) : [];
  }

  // The account's one customer, made if there is none.
  async #customer(account) {
    if (account.billing.customerId) return account.billing.customerId;
    let made;
    try {
      made = await this.#gateway.createCustomer(account, `customer:${account.id}:${account.attempt}`);
    } catch (error) {
      await this.#settleWhenDefinite(account.id, error);
      throw error;
    }
    await this.#database.query(
      `UPDATE accounts SET stripe_customer_id = $2, attempt = attempt + 1, billing_version = billing_version + 1
       WHERE id = $1 AND stripe_customer_id IS NULL`,
      [account.id, made],
    );
    return (await selectAccount(this.#database, account.id)).billing.customerId;
  }

  // Sends, and stores what is true then. A declined card is a result as well: it is stored before it is told.
  async #write(id, send, { creates = false } = {}) {
    let clientSecret;
    try {
      clientSecret = await send();
    } catch (error) {
      if (error.code === 'card_declined') await this.#synchronise(id, creates);
      else if (creates) await this.#settleWhenDefinite(id, error);
      throw error;
    }
    return { account: await this.#synchronise(id, creates), clientSecret };
  }

  async #settleWhenDefinite(id, error) {
    if (isDefinite(error)) await this.#database.query('UPDATE accounts SET attempt = attempt + 1 WHERE id = $1', [id]);
  }

  async #payWhatIsOpen(account) {
    const invoice = account.billing.subscription.latestInvoice;
    if (invoice?.status !== 'open') return { account };
    return this.#write(account.id, () => this.#gateway.payInvoice(invoice.id));
  }

  async #subscribed(id) {
    const account = await this.#synchronise(id);
    const { subscription } = account.billing;
    if (!subscription || ENDED.has(subscription.status)) throw errors.notSubscribed('There is no living subscription.');
    return account;
  }

  #synchronise(id, settled = false) {
    return synchronise({ database: this.#database, gateway: this.#gateway }, id, { settled });
  }

  #requireAllowed(priceId) {
    if (this.#prices.has(priceId)) return;
    throw errors.priceNotFound("This is not one of the plans' prices; GET /api/billing/plans lists them.");
  }
}
