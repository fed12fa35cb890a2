// From what the use cases return to what goes out over HTTP.

import { hasAccess, isPastDue } from './account.js';

export function account({ id, email, createdAt, billing: { subscription, paymentMethod } }) {
  return {
    id,
    email,
    created_at: createdAt,
    billing: {
      subscription_status: subscription?.status ?? null,
      plan: subscription?.price.plan ?? null,
      has_access: hasAccess(subscription?.status),
      past_due: isPastDue(subscription?.status),
      card_last4: paymentMethod?.card?.last4 ?? null,
    },
  };
}

export function billing({ subscription, paymentMethod }) {
  return { subscription: subscriptionView(subscription), payment_method: paymentMethodView(paymentMethod) };
}

export function change({ account: changed, clientSecret }) {
  return { ...billing(changed.billing), client_secret: clientSecret ?? null };
}

export function plans(prices) {
  const found = new Map();
  for (const { id, plan, interval, unit_amount, currency } of prices) {
    if (!found.has(plan)) found.set(plan, { plan, prices: [] });
    found.get(plan).prices.push({ price_id: id, interval, unit_amount, currency });
  }
  return { plans: [...found.values()] };
}

/** `limit` items that follow the item `after`; none when that is older than all that is left. */
export function historyPage(items, { after, limit }) {
  const index = after === undefined ? -1 : items.findIndex(({ id }) => id === after);
  const start = after !== undefined && index === -1 ? items.length : index + 1;
  const page = items.slice(start, start + limit);
  return { items: page, next: start + limit < items.length ? page.at(-1).id : null };
}

function subscriptionView(subscription) {
  if (!subscription) return null;
  const { id, status, price, currentPeriodEnd, cancelAt, latestInvoice } = subscription;
  return {
    id,
    status,
    has_access: hasAccess(status),
    past_due: isPastDue(status),
    plan: price.plan,
    price_id: price.id,
    interval: price.interval,
    unit_amount: price.unitAmount,
    currency: price.currency,
    current_period_end: currentPeriodEnd,
    cancel_at: cancelAt,
    latest_invoice: latestInvoice,
  };
}

function paymentMethodView(method) {
  if (!method) return null;
  const { brand = null, last4 = null, expMonth = null, expYear = null } = method.card ?? {};
  return { id: method.id, brand, last4, exp_month: expMonth, exp_year: expYear };
}
