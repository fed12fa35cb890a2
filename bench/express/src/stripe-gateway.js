// What is asked of Stripe, call by call.

import Stripe from 'stripe';

import { ENDED } from './account.js';
import { badSignature, cardDeclined, malformedBody } from './errors.js';
import { asking, isMissing } from './stripe-failures.js';
import * as shapes from './stripe-shapes.js';

const VERSION = '2026-10-28.endive';
const TIMEOUT_MS = 6000; // with one repetition less than callers wait
const OLDEST_SIGNATURE = 300; // seconds
const PAGE = 100;
const MOST = 300;
const SECRET = 'latest_invoice.confirmation_secret';
const AUTHENTICATE = new Set([
  'authentication_required',
  'invoice_payment_intent_requires_action',
  'subscription_payment_intent_requires_action',
]);

export class StripeGateway {
  #stripe;
  #secrets;
  #stamp;
  #logger;

  constructor(settings, logger) {
    const { protocol, hostname, port } = new URL(settings.stripeApiUrl);
    this.#stripe = new Stripe(settings.stripeSecretKey, {
      apiVersion: VERSION,
      protocol: protocol.slice(0, -1),
      host: hostname,
      ...(port && { port }),
      timeout: TIMEOUT_MS,
      maxNetworkRetries: 1,
      telemetry: false,
    });
    this.#secrets = settings.webhookSecrets;
    this.#stamp = { environment: settings.environment };
    this.#logger = logger;
  }

  /** What a webhook says, once one of the secrets proves that Stripe says it. `body` is as it came. */
  verifiedEvent(body, signature) {
    for (const secret of this.#secrets) {
      try {
        return shapes.event(this.#stripe.webhooks.constructEvent(body, signature, secret, OLDEST_SIGNATURE));
      } catch (error) {
        if (error instanceof Stripe.errors.StripeSignatureVerificationError) continue;
        throw malformedBody("The body is not an event of Stripe's.");
      }
    }
    throw badSignature('The signature is missing, wrong or older than five minutes.');
  }

  createCustomer(account, idempotencyKey) {
    const metadata = { ...this.#stamp, account_id: account.id };
    return this.#ask(async () => {
      const made = await this.#stripe.customers.create({ email: account.email, metadata }, { idempotencyKey });
      return made.id;
    });
  }

  createSetupIntent(customer) {
    return this.#ask(() =>
      this.#stripe.setupIntents.create({
        customer,
        usage: 'off_session',
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        metadata: this.#stamp,
      }),
    );
  }

  /** A payment method, or null when there is no such. */
  paymentMethod(id) {
    return this.#ask(async () => {
      try {
        return shapes.paymentMethod(await this.#stripe.paymentMethods.retrieve(id));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    });
  }

  setDefaultPaymentMethod(customer, id) {
    return this.#ask(() => this.#stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } }));
  }

  /** A subscription, paid at once; the client secret when the customer must authenticate the payment. */
  createSubscription(account, price, idempotencyKey) {
    return this.#ask(async () => {
      const made = await this.#stripe.subscriptions.create(
        {
          customer: account.billing.customerId,
          items: [{ price }],
          payment_behavior: 'allow_incomplete',
          metadata: { ...this.#stamp, account_id: account.id },
          expand: [SECRET],
        },
        { idempotencyKey },
      );
      return made.status === 'incomplete' ? this.#clientSecret(made.latest_invoice) : null;
    });
  }

  /** Another price from now on, the difference paid at once; a declined card leaves everything as it was. */
  changePrice(id, price) {
    return this.#ask(async () => {
      const found = await this.#stripe.subscriptions.retrieve(id);
      const changed = await this.#stripe.subscriptions.update(id, {
        items: [{ id: found.items.data[0].id, price }],
        proration_behavior: 'always_invoice',
        payment_behavior: 'pending_if_incomplete', // until it is paid, the old price stays
        expand: [SECRET],
      });
      if (!changed.pending_update) return null;
      try {
        return await this.#clientSecret(changed.latest_invoice);
      } catch (error) {
        // Without its invoice the change is off, too; if this fails, Stripe drops it in a day.
        if (error.code === 'card_declined') await this.#stripe.invoices.voidInvoice(changed.latest_invoice.id).catch(() => {});
        throw error;
      }
    });
  }

  payInvoice(id) {
    return this.#ask(async () => {
      try {
        await this.#stripe.invoices.pay(id, { off_session: false });
      } catch (error) {
        if (AUTHENTICATE.has(error.code)) {
          return this.#clientSecret(await this.#stripe.invoices.retrieve(id, { expand: ['confirmation_secret'] }));
        }
        if (error.code !== 'invoice_already_paid') throw error; // else somebody was quicker
      }
      return null;
    });
  }

  /** Ends a subscription now or when what is paid for is used up; one that has ended is fine. */
  cancel(id, atPeriodEnd) {
    return this.#ask(async () => {
      try {
        if (atPeriodEnd) await this.#stripe.subscriptions.update(id, { cancel_at_period_end: true });
        else await this.#stripe.subscriptions.cancel(id);
      } catch (error) {
        if (isMissing(error)) return;
        if (!(error instanceof Stripe.errors.StripeInvalidRequestError) || !(await this.#hasEnded(id))) throw error;
      }
    });
  }

  resume(id) {
    return this.#ask(async () => {
      const found = await this.#stripe.subscriptions.retrieve(id);
      if (ENDED.has(found.status)) return;
      const undo = found.cancel_at_period_end ? { cancel_at_period_end: false } : { cancel_at: '' };
      await this.#stripe.subscriptions.update(id, undo);
    });
  }

  /** What is true of a customer; null when it was deleted. */
  billingState(customer) {
    return this.#ask(async () => {
      const asked = { customer, status: 'all', limit: PAGE, expand: ['data.latest_invoice'] };
      const [customerAnswer, listAnswer] = await Promise.allSettled([
        this.#customer(customer),
        this.#stripe.subscriptions.list(asked),
      ]);
      const found = fulfilled(customerAnswer);
      if (found.deleted) return null; // whatever became of its subscriptions
      const subscriptions = fulfilled(listAnswer);
      const method = found.invoice_settings?.default_payment_method;
      // Of those that ended long ago some have no items any more.
      const readable = subscriptions.data.filter((item) => item.items.data.length > 0 || !ENDED.has(item.status));
      return {
        customerId: customer,
        paymentMethod: method ? shapes.paymentMethod(method) : null,
        subscription: shapes.foremost(readable),
      };
    });
  }

  history(customer, since) {
    const asked = { customer, created: { gte: Math.floor(since / 1000) }, limit: PAGE };
    const { invoices, paymentIntents, charges } = this.#stripe;
    return this.#ask(async () => {
      const lists = [invoices.list({ ...asked, expand: ['data.payments'] }), paymentIntents.list(asked), charges.list(asked)];
      return shapes.history(...(await Promise.all(lists.map((list) => list.autoPagingToArray({ limit: MOST })))));
    });
  }

  #ask(ask) {
    return asking(this.#logger, ask);
  }

  // With the payment method in full; a deleted customer has none that could be.
  async #customer(id) {
    try {
      return await this.#stripe.customers.retrieve(id, { expand: ['invoice_settings.default_payment_method'] });
    } catch (error) {
      if (isMissing(error)) throw error;
      if (error instanceof Stripe.errors.StripeInvalidRequestError) return this.#stripe.customers.retrieve(id);
      throw error;
    }
  }

  async #hasEnded(id) {
    return ENDED.has((await this.#stripe.subscriptions.retrieve(id)).status);
  }

  // What is missing for an invoice to be paid; a refusal when only another card helps.
  async #clientSecret(invoice) {
    const secret = invoice.confirmation_secret?.client_secret;
    if (!secret) return null;
    const intent = await this.#stripe.paymentIntents.retrieve(secret.split('_secret_')[0]);
    if (intent.status === 'requires_payment_method') {
      throw cardDeclined(intent.last_payment_error?.message ?? 'The card was declined. Try another one.');
    }
    return ['requires_action', 'requires_confirmation'].includes(intent.status) ? secret : null;
  }
}

function fulfilled(answer) {
  if (answer.status === 'rejected') throw answer.reason;
  return answer.value;
}
