// What the database knows of an account's billing becomes what Stripe says: the one way in which it is written.
//
// The account is read with its version, Stripe is asked, and the answer is stored if the version is still the same. Of
// two at once one loses and asks again, so an old answer never overwrites a newer one.

import { ENDED, selectAccount } from './account.js';
import { changeInProgress } from './errors.js';

const ROUNDS = 10;

/** Returns the account as it is now; `settled` says that the outcome of a creation is known, `also` joins in. */
export async function synchronise({ database, gateway }, accountId, { settled = false, also } = {}) {
  for (let round = 0; round < ROUNDS; round += 1) {
    const known = await selectAccount(database, accountId);
    const { customerId } = known.billing;
    const state = customerId
      ? ((await gateway.billingState(customerId)) ?? withoutCustomer(known.billing))
      : known.billing;
    const isStored = await database.transaction(async (client) => {
      const stored = await storeBilling(client, known, state, settled);
      if (stored && also) await also(client);
      return stored;
    });
    if (isStored) return selectAccount(database, accountId);
  }
  throw changeInProgress('Others are changing the same account. Try again in a few seconds.');
}

// What is left when the customer was deleted: the memory of a subscription that is over.
function withoutCustomer({ subscription }) {
  const isOver = !subscription || ENDED.has(subscription.status);
  return {
    customerId: null,
    paymentMethod: null,
    subscription: isOver ? subscription : { ...subscription, status: 'canceled', cancelAt: null },
  };
}

async function storeBilling(client, known, { customerId, paymentMethod, subscription }, settled) {
  if (subscription) await storePrice(client, subscription.price);
  const card = paymentMethod?.card;
  const invoice = subscription?.latestInvoice;
  const { rowCount } = await client.query(
    `UPDATE accounts SET
       billing_version = billing_version + 1, attempt = attempt + $3, stripe_customer_id = $4, payment_method_id = $5,
       card_brand = $6, card_last4 = $7, card_exp_month = $8, card_exp_year = $9, subscription_id = $10,
       subscription_status = $11, price_id = $12, current_period_end = $13, cancel_at = $14, latest_invoice_id = $15,
       latest_invoice_status = $16
     WHERE id = $1 AND billing_version = $2`,
    [
      ...[known.id, known.version, settled ? 1 : 0, customerId, paymentMethod?.id],
      ...[card?.brand, card?.last4, card?.expMonth, card?.expYear],
      ...[subscription?.id, subscription?.status, subscription?.price.id],
      ...[subscription?.currentPeriodEnd, subscription?.cancelAt, invoice?.id, invoice?.status],
    ],
  );
  return rowCount === 1;
}

const storePrice = (client, { id, plan, interval, unitAmount, currency }) =>
  client.query(
    `INSERT INTO prices (id, plan, "interval", unit_amount, currency) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (id) DO NOTHING`,
    [id, plan, interval, unitAmount, currency],
  );
