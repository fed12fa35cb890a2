// What stands behind the control strip: the Stripe stand-in, and the platform's own `/local/`.
// @ts-check

/** Where Stripe is; the platform writes the stand-in's address here, unless the publishable key is a real one. */
const STRIPE = "https://js.stripe.com";

/**
 * A webhook on its way, or arrived.
 * @typedef {object} Delivery
 * @property {string} id
 * @property {string} event - id of the event
 * @property {string} type
 * @property {number} attempts
 * @property {boolean} delivered
 * @property {boolean} open - whether there will be another attempt
 * @property {number | null} status - of the API's last answer
 * @property {string | null} reason - why the last attempt failed
 */

/**
 * What one cause changed in the account's billing.
 * @typedef {object} Change
 * @property {string[]} events - ids of the events that caused it; none when it was something else
 * @property {Record<string, unknown>} before
 * @property {Record<string, unknown>} after
 */

/** Whether there is a stand-in to act with. */
export const isLocal = ["localhost", "127.0.0.1"].includes(new URL(STRIPE).hostname);

/**
 * @param {string} address
 * @param {object} [body] - makes it a POST
 * @returns {Promise<any>}
 */
async function ask(address, body) {
  const response = await fetch(address, body && { method: "POST", body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error?.message ?? `status ${response.status}`);
  return answer;
}

/** @param {string} path @param {object} [body] */
const stripe = (path, body) => ask(`${STRIPE}/_stand_in/${path}`, body);

/**
 * The account's customer at Stripe; null before it has one.
 * @param {string} email
 * @returns {Promise<string | null>}
 */
export async function customerOf(email) {
  const { data } = await stripe(`customers?${new URLSearchParams({ email })}`);
  return data[0]?.id ?? null;
}

/**
 * The newest webhooks about a customer.
 * @param {string} customer
 * @returns {Promise<Delivery[]>}
 */
export async function deliveries(customer) {
  return (await stripe(`deliveries?${new URLSearchParams({ customer, limit: "20" })}`)).data;
}

/**
 * What changed the customer's account, the newest first.
 * @param {string} customer
 * @returns {Promise<Change[]>}
 */
export async function changes(customer) {
  return (await ask(`/local/changes?${new URLSearchParams({ customer })}`)).changes;
}

/**
 * Let time pass until the next thing falls due for the customer; how many things happened.
 * @param {string} customer
 * @returns {Promise<number>}
 */
export async function advance(customer) {
  return (await stripe("clock", { to_next: true, customer })).happened.length;
}

/** @param {string} customer */
export const declineNext = (customer) => stripe("decline_next", { customer });

/** @param {string} event */
export const resend = (event) => stripe(`events/${event}/resend`, {});

/** @param {boolean} lost - whether webhooks are lost from now on */
export const loseEvents = (lost) => stripe("switches", { drop: lost ? 1 : 0 });

/** @returns {Promise<boolean>} whether webhooks are lost */
export const losesEvents = async () => (await stripe("state")).switches.drop > 0;

/** @returns {Promise<{read: number, failed: number}>} numbers of accounts */
export const reconcile = () => ask("/local/reconcile", {});
