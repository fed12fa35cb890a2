// What the API's words are called on the pages.
// @ts-check

import { date, money } from "./format.js";

/** @import { HistoryEntry, PaymentMethod, Subscription } from "./api_types.js" */

/** @type {Record<string, { name: string, for: string }>} */
const PLANS = {
  basic: { name: "Basic", for: "To begin with." },
  premium: { name: "Premium", for: "For every day." },
  enterprise: { name: "Enterprise", for: "For all of you." },
};

/** @type {Record<string, string>} */
const BRANDS = { visa: "Visa", mastercard: "Mastercard", amex: "American Express", discover: "Discover" };

/** @param {string | null} plan */
export function planName(plan) {
  return PLANS[plan ?? ""]?.name ?? plan ?? "Another plan";
}

/** @param {string} plan */
export function planPurpose(plan) {
  return PLANS[plan]?.for ?? null;
}

/** @param {{ unit_amount: number, currency: string, interval: string }} price */
export function priceText({ unit_amount, currency, interval }) {
  return `${money(unit_amount, currency)} per ${interval}`;
}

/** @param {PaymentMethod | null} method */
export function cardText(method) {
  if (!method) return null;
  const { brand, last4, exp_month, exp_year } = method;
  if (!last4) return "Another way to pay than a card";
  const until = exp_month && exp_year ? `, valid to ${String(exp_month).padStart(2, "0")}/${exp_year}` : "";
  return `${BRANDS[brand ?? ""] ?? "Card"} ending in ${last4}${until}`;
}

/** @param {HistoryEntry} entry */
export function stateText({ kind, state, status, amount }) {
  if (state === "processed") return amount < 0 ? "Credited" : "Paid";
  if (state === "failed") return status === "void" ? "Void" : "Not paid";
  return kind === "invoice" ? "Open" : "On its way";
}

/** Whether it is over for good. @param {Subscription | null} subscription */
export function hasEnded(subscription) {
  return !subscription || ["canceled", "incomplete_expired"].includes(subscription.status);
}

/** Whether nothing is owed. @param {Subscription} subscription */
export function isPaid({ status }) {
  return ["active", "trialing"].includes(status);
}

/** Whether paying is what is missing. @param {Subscription | null} subscription */
export function isOwed(subscription) {
  return ["incomplete", "past_due", "unpaid"].includes(subscription?.status ?? "");
}

/**
 * A subscription in plain words: a headline, and what follows from it.
 * @param {Subscription | null} subscription
 * @returns {[string, string]}
 */
export function statusText(subscription) {
  if (!subscription) return ["No subscription", "Choose a plan to begin."];
  const { status, cancel_at, current_period_end } = subscription;
  if (cancel_at && isPaid(subscription)) return [`Active until ${date(cancel_at)}`, "It is cancelled, and ends then."];
  /** @type {Record<string, [string, string]>} */
  const words = {
    incomplete: ["Not begun yet", "The first payment is missing. If it does not come within a day, nothing begins."],
    incomplete_expired: ["Never begun", "The first payment did not come in time. Nothing was charged."],
    trialing: ["On trial", `Free until ${date(current_period_end)}, then it is paid with your card.`],
    active: ["Active", "Everything is paid, and it renews by itself."],
    past_due: ["Payment failed", "You have access for now; your bank is asked again in the next days."],
    unpaid: ["Not paid", "You have no access until what is owed is paid."],
    paused: ["Paused", "Nothing is charged, and you have no access. Cancel it to choose a plan anew."],
    canceled: ["Ended", "You have no access any more, and nothing is charged."],
  };
  return words[status] ?? [status, "We do not know this state. Ask us if something does not work."];
}
