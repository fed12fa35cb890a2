// Where one goes after a change: to the bank's confirmation, if it wants one, else on.
// @ts-check

/** @import { ChangeAnswer } from "../api_types.js" */
/** @import { Visit } from "../router.js" */

/**
 * A payment that waits for the customer. The API tells it again to whoever asks for the same price.
 * @typedef {object} Pending
 * @property {string} clientSecret
 * @property {string | null} account whose payment it is: others may use the same window later
 */

/**
 * @param {Visit} visit
 * @param {ChangeAnswer} answer
 * @param {{ priceId: string, notice: string }} then what the subscription costs once it is paid; what is told
 */
export function proceed(visit, { client_secret }, { priceId, notice }) {
  const { shop, account } = visit;
  if (!client_secret) return shop.router.leave(visit, "/subscription", { notice });
  if (account !== shop.router.account) return undefined;
  const pending = { clientSecret: client_secret, account };
  return shop.router.go(`/confirm?${new URLSearchParams({ price: priceId })}`, { pending });
}

/**
 * Ask the API again for a payment that waits: with the same wish it answers the same payment, or makes another attempt.
 * @param {import("../api.js").PriceGuardApi} api
 * @param {import("../api_types.js").BillingAnswer} billing
 * @param {string} priceId
 * @returns {Promise<ChangeAnswer>}
 */
export function payAgain(api, { subscription, payment_method }, priceId) {
  if (subscription?.past_due && payment_method) return api.savePaymentMethod({ payment_method_id: payment_method.id });
  const chosen = { price_id: priceId };
  return subscription?.status === "incomplete" ? api.createSubscription(chosen) : api.changePlan(chosen);
}
