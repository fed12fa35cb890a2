// From Stripe's objects to ours.

import { z } from 'zod';

import { ENDED } from './account.js';

// The status that counts most first, so that an old subscription that ended never hides a living one.
const RANKS = {
  active: 0,
  trialing: 0,
  past_due: 1,
  unpaid: 2,
  paused: 3,
  incomplete: 4,
  canceled: 5,
  incomplete_expired: 6,
};
const INVOICE_STATES = { paid: 'processed', uncollectible: 'failed', void: 'failed' };
const CHARGE_STATES = { succeeded: 'processed', failed: 'failed' };
const PAYMENT_STATES = { succeeded: 'processed', canceled: 'failed' };

export const idOf = (value) => (typeof value === 'string' ? value : (value?.id ?? null));
const at = (seconds) => new Date(seconds * 1000);

export function paymentMethod(item) {
  const { card } = item;
  return {
    id: item.id,
    customerId: idOf(item.customer),
    card: card ? { brand: card.brand, last4: card.last4, expMonth: card.exp_month, expYear: card.exp_year } : null,
  };
}

/** The subscription that counts, of those of a customer; null when there is none. */
export function foremost(subscriptions) {
  const rank = (item) => RANKS[item.status] ?? 0;
  const [first] = subscriptions.toSorted((a, b) => rank(a) - rank(b) || b.created - a.created);
  return first ? subscription(first) : null;
}

function subscription(item) {
  const { price } = item.items.data[0];
  const periodEnd = Math.min(...item.items.data.map((line) => line.current_period_end));
  const cancelAt = item.cancel_at ?? (item.cancel_at_period_end ? periodEnd : null);
  const invoice = item.latest_invoice;
  return {
    id: item.id,
    status: item.status,
    price: {
      id: price.id,
      plan: price.metadata?.plan ?? null,
      interval: price.recurring?.interval ?? 'once',
      unitAmount: price.unit_amount ?? 0,
      currency: price.currency,
    },
    currentPeriodEnd: at(periodEnd),
    cancelAt: cancelAt === null || ENDED.has(item.status) ? null : at(cancelAt),
    latestInvoice: invoice ? { id: invoice.id, status: invoice.status ?? 'draft' } : null,
  };
}

const EVENT = z.object({ id: z.string().min(1), type: z.string().min(1), livemode: z.boolean() });

/** What an event says: of any version's payload only what all have in common. Throws when it is no event. */
export function event(payload) {
  const { id, type, livemode } = EVENT.parse(payload);
  const thing = payload.data?.object;
  const former = payload.data?.previous_attributes?.customer; // of what was detached
  return {
    id,
    type,
    live: livemode,
    customerId: thing?.object === 'customer' ? idOf(thing) : (idOf(thing?.customer) ?? idOf(former)),
    environment: thing?.metadata?.environment ?? null,
  };
}

/** Invoices, then what belongs to none of them: payments, and charges without either; the newest first. */
export function history(invoices, payments, charges) {
  const ofInvoices = new Set(invoices.flatMap((i) => i.payments.data.map((p) => idOf(p.payment.payment_intent))));
  const alone = payments.filter((p) => !ofInvoices.has(p.id) && ['succeeded', 'processing'].includes(p.status));
  const covered = new Set([...ofInvoices, ...alone.map((p) => p.id)]);
  covered.delete(null);
  const rest = charges.filter((c) => !covered.has(idOf(c.payment_intent)));
  const items = [...invoices.map(invoiceItem), ...alone.map(paymentItem), ...rest.map(chargeItem)];
  return items.sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? 1 : -1));
}

const invoiceItem = (invoice) =>
  historyItem(invoice, 'invoice', INVOICE_STATES, invoice.total, {
    description: invoice.description ?? invoice.lines.data[0]?.description ?? null,
    pdf_url: invoice.invoice_pdf ?? null,
    hosted_url: invoice.hosted_invoice_url ?? null,
  });
const paymentItem = (payment) => historyItem(payment, 'payment', PAYMENT_STATES, payment.amount);
const chargeItem = (charge) =>
  historyItem(charge, 'charge', CHARGE_STATES, charge.amount, { receipt_url: charge.receipt_url ?? null });

function historyItem(item, kind, states, amount, more) {
  return {
    id: item.id,
    kind,
    state: states[item.status] ?? 'processing',
    status: item.status,
    amount,
    currency: item.currency,
    created_at: at(item.created),
    description: item.description ?? null,
    pdf_url: null,
    hosted_url: null,
    receipt_url: null,
    ...more,
  };
}
