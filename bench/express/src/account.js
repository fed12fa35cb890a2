// An account as the API sees it: from the rows of the database.

export const COLUMNS = `
  a.id, a.email, a.created_at, a.billing_version, a.attempt, a.stripe_customer_id, a.payment_method_id,
  a.card_brand, a.card_last4, a.card_exp_month, a.card_exp_year,
  a.subscription_id, a.subscription_status, a.current_period_end, a.cancel_at,
  a.latest_invoice_id, a.latest_invoice_status,
  p.id AS price_id, p.plan, p.interval, p.unit_amount, p.currency`;

export const PAID = new Set(['active', 'trialing']);
export const ENDED = new Set(['canceled', 'incomplete_expired']);
const PAST_DUE = new Set(['past_due', 'unpaid']);
const ACCESS = new Set(['active', 'trialing', 'past_due']);

export const hasAccess = (status) => ACCESS.has(status);
export const isPastDue = (status) => PAST_DUE.has(status);

/** An account from a row with COLUMNS; the password's hash is never part of it. */
export function accountFrom(row) {
  return {
    id: row.id,
    email: row.email,
    createdAt: row.created_at,
    version: row.billing_version,
    attempt: row.attempt,
    billing: {
      customerId: row.stripe_customer_id,
      paymentMethod: row.payment_method_id && { id: row.payment_method_id, card: cardFrom(row) },
      subscription: row.subscription_id && subscriptionFrom(row),
    },
  };
}

function cardFrom(row) {
  if (!row.card_last4) return null;
  return { brand: row.card_brand, last4: row.card_last4, expMonth: row.card_exp_month, expYear: row.card_exp_year };
}

function subscriptionFrom(row) {
  const { price_id: id, plan, interval, unit_amount: unitAmount, currency } = row;
  return {
    id: row.subscription_id,
    status: row.subscription_status,
    price: { id, plan, interval, unitAmount, currency },
    currentPeriodEnd: row.current_period_end,
    cancelAt: row.cancel_at,
    latestInvoice: row.latest_invoice_id && { id: row.latest_invoice_id, status: row.latest_invoice_status },
  };
}

/** An account by its id. */
export async function selectAccount(database, id) {
  const { rows } = await database.query(
    `SELECT ${COLUMNS} FROM accounts a LEFT JOIN prices p ON p.id = a.price_id WHERE a.id = $1`,
    [id],
  );
  return accountFrom(rows[0]);
}
