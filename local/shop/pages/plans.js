// What can be had, at what price, and what one has.
// @ts-check

import { monthlyPrices } from "../environment.js";
import { money } from "../format.js";
import { load } from "../load.js";
import { copy, first, keepFocus, part, show as reveal, write } from "../view.js";
import { hasEnded, isPaid, planName, planPurpose } from "../words.js";
import { purchase } from "./purchase.js";

/** @import { BillingAnswer, Plan, PlansAnswer, PriceItem, Subscription } from "../api_types.js" */
/** @import { Visit } from "../router.js" */

const MISMATCH =
  "This page was built for other prices than PriceGuard has now, so nothing can be bought here. " +
  "Reload the page; if that does not help, it must be published again.";

/** @type {Record<string, string>} */
const BLOCKED = {
  incomplete: "Your first payment is missing. Confirm or cancel it before you choose again.",
  past_due: "A payment is owed. Pay it before you change the plan.",
  unpaid: "A payment is owed. Pay it before you change the plan.",
  paused: "Your subscription is paused. Cancel it to choose a plan anew.",
};

/** @param {Visit} visit */
export function show(visit) {
  return new PlansPage(visit).show();
}

class PlansPage {
  /** @type {Map<string, PlanCard>} */ #cards = new Map();
  /** @type {[PlansAnswer, BillingAnswer] | null} */ #answers = null;

  /** @param {Visit} visit */
  constructor(visit) {
    this.visit = visit;
    this.intervals = part(visit.root, "intervals");
  }

  async show() {
    const { api } = this.visit.shop;
    this.intervals.addEventListener("change", () => this.#display());
    await load(
      this.visit,
      () => Promise.all([api.plans(), api.subscription()]),
      (answers) => {
        const isFirst = this.#answers === null;
        this.#answers = answers;
        if (isFirst) select(this.intervals, (this.#chosen()?.price ?? answers[1].subscription)?.interval);
        keepFocus(first(this.visit.root, "h1", HTMLElement), () => this.#display());
        if (isFirst) this.#finishChoice();
      },
    );
  }

  #display() {
    if (!this.#answers) return;
    const [{ plans }, billing] = this.#answers;
    const matches = fitsEnvironment(plans);
    const reason = hasEnded(billing.subscription) ? null : (BLOCKED[billing.subscription?.status ?? ""] ?? null);
    write(this.visit.root, { mismatch: matches ? null : MISMATCH, reason });
    reveal(this.visit.root, { blocked: reason !== null });
    for (const plan of plans) {
      const card = this.#cards.get(plan.plan) ?? new PlanCard(this.visit, plan);
      this.#cards.set(plan.plan, card);
      card.display(billing, selected(this.intervals), matches && !reason);
    }
  }

  /** The price that the address names, with its plan. */
  #chosen() {
    const id = this.visit.url.searchParams.get("price");
    const offered = this.#answers?.[0].plans.flatMap(({ plan, prices }) => prices.map((price) => ({ plan, price })));
    return offered?.find(({ price }) => price.price_id === id) ?? null;
  }

  /** Whoever comes back with a card goes on with the plan that they had chosen before. */
  #finishChoice() {
    const chosen = this.#chosen();
    if (!this.#answers || !chosen) return;
    const [{ plans }, billing] = this.#answers;
    const { plan, price } = chosen;
    const current = billing.subscription;
    history.replaceState(history.state, "", this.visit.url.pathname);
    const isOpen = hasEnded(current) || (current && isPaid(current) && current.price_id !== price.price_id);
    if (isOpen && billing.payment_method && fitsEnvironment(plans)) purchase(this.visit, billing, plan, price);
  }
}

/** One plan of the list. */
class PlanCard {
  /** @type {() => void} */ #choose = () => {};

  /**
   * @param {Visit} visit
   * @param {Plan} plan
   */
  constructor(visit, plan) {
    this.visit = visit;
    this.plan = plan;
    this.root = copy(part(visit.root, "plan-template"));
    part(this.root, "choose").addEventListener("click", () => this.#choose());
    part(visit.root, "plans").append(this.root);
    write(this.root, { name: planName(plan.plan), for: planPurpose(plan.plan) });
  }

  /**
   * @param {BillingAnswer} billing
   * @param {string} interval
   * @param {boolean} isOpen whether something can be chosen
   */
  display(billing, interval, isOpen) {
    const price = this.plan.prices.find((other) => other.interval === interval);
    const { subscription } = billing;
    const current = hasEnded(subscription) ? null : subscription;
    const isCurrent = current?.price_id === price?.price_id;
    reveal(this.root, { current: isCurrent, choose: isOpen && !isCurrent && price !== undefined });
    this.root.classList.toggle("is-current", isCurrent);
    write(this.root, { ...amounts(price), saving: saving(this.plan, price) });
    if (!price) return;
    part(this.root, "choose").textContent = label(this.plan.plan, price, current);
    this.#choose = () => purchase(this.visit, billing, this.plan.plan, price);
  }
}

/** @param {PriceItem | undefined} price */
function amounts(price) {
  if (!price) return { amount: "Not offered", per: null };
  return { amount: money(price.unit_amount, price.currency, "stripIfInteger"), per: `per ${price.interval}` };
}

/**
 * @param {string} plan
 * @param {PriceItem} price
 * @param {Subscription | null} current
 */
function label(plan, price, current) {
  if (!current) return `Subscribe to ${planName(plan)}`;
  if (current.plan !== plan) return `Switch to ${planName(plan)}`;
  return price.interval === "year" ? "Switch to yearly" : "Switch to monthly";
}

/**
 * @param {Plan} plan
 * @param {PriceItem | undefined} price
 */
function saving({ prices }, price) {
  const monthly = prices.find(({ interval }) => interval === "month");
  if (!monthly || price?.interval !== "year") return null;
  const saved = 12 * monthly.unit_amount - price.unit_amount;
  return saved > 0 ? `${money(saved, price.currency, "stripIfInteger")} less than twelve months` : null;
}

/**
 * Whether the page sells the prices that the API has.
 * @param {Plan[]} plans
 */
function fitsEnvironment(plans) {
  const offered = plans.flatMap(({ prices }) => prices.filter(({ interval }) => interval === "month"));
  return Object.values(monthlyPrices).every((id) => offered.some(({ price_id }) => price_id === id));
}

/**
 * @param {HTMLElement} intervals
 * @param {string} [interval]
 */
function select(intervals, interval) {
  first(intervals, `[value=${interval === "year" ? "year" : "month"}]`, HTMLInputElement).checked = true;
}

/** @param {HTMLElement} intervals */
function selected(intervals) {
  return first(intervals, ":checked", HTMLInputElement).value;
}
