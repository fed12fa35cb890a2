// What one has: plan, price, until when, paid with what; and how it ends.
// @ts-check

import { ask } from "../dialog.js";
import { onClick } from "../form.js";
import { date } from "../format.js";
import { load } from "../load.js";
import { keepFocus, part, show as reveal, write } from "../view.js";
import { cardText, hasEnded, isOwed, isPaid, planName, priceText, statusText } from "../words.js";

/** @import { BillingAnswer, Subscription } from "../api_types.js" */
/** @import { Visit } from "../router.js" */

/** @type {Record<string, string>} */
const DEBTS = {
  incomplete: "The first payment is missing: your bank wants you to confirm it, or it has declined the card.",
  past_due: "The last payment could not be made. Use another card, or you will lose access.",
  unpaid: "What is owed could not be paid, however often your bank was asked. Use another card.",
};

/** @param {Visit} visit */
export function show(visit) {
  return new SubscriptionPage(visit).show();
}

class SubscriptionPage {
  /** @type {Subscription | null} */ #subscription = null;

  /** @param {Visit} visit */
  constructor(visit) {
    this.visit = visit;
    this.api = visit.shop.api;
  }

  async show() {
    const { root } = this.visit;
    part(root, "cancel").addEventListener("click", () => this.#askToCancel());
    onClick(this.visit, part(root, "resume", HTMLButtonElement), async () => {
      this.#changed(await this.api.resumeSubscription());
    });
    await load(
      this.visit,
      () => this.api.subscription(),
      (billing) => keepFocus(part(root, "status"), () => this.#display(billing)),
    );
  }

  /** @param {BillingAnswer} billing */
  #display({ subscription, payment_method }) {
    const { root } = this.visit;
    const [status, meaning] = statusText(subscription);
    // What was told on the way here does not outlast what it spoke of.
    const isNews = this.#subscription !== null && part(root, "status").textContent !== status;
    if (isNews) root.querySelector(":scope > .notice")?.remove();
    this.#subscription = subscription;
    const debt = DEBTS[subscription?.status ?? ""] ?? null;
    const card = cardText(payment_method);
    write(root, { status, meaning, debt, card: card ?? "None yet.", replace: card ? "Use another" : "Add one" });
    reveal(root, { owed: debt !== null, ...actions(subscription) });
    // Where a renewal has failed, another card is what mostly helps.
    part(root, "confirm").classList.toggle("quiet", subscription?.past_due ?? false);
    displayTerms(root, subscription);
  }

  #askToCancel() {
    const subscription = this.#subscription;
    if (!subscription) return;
    const isPaidFor = isPaid(subscription);
    const rest = subscription.status === "trialing" ? "the trial" : "what is paid for";
    ask(
      this.visit,
      "cancellation-template",
      (dialog) => {
        write(dialog, { later: `On ${date(subscription.current_period_end)}, when ${rest} ends.` });
        reveal(dialog, { when: isPaidFor, unpaid: !isPaidFor });
      },
      (answers) => {
        const isLater = isPaidFor && answers.get("when") === "period-end";
        return this.api.cancelSubscription({ at_period_end: isLater });
      },
      (billing) => this.#changed(billing),
    );
  }

  /** @param {BillingAnswer} billing */
  #changed(billing) {
    const { root, shop, signal } = this.visit;
    if (signal.aborted) return shop.router.tell(this.visit, statusText(billing.subscription).join(". "));
    this.#display(billing);
    return part(root, "status").focus(); // the button that was pressed may be gone
  }
}

/** @param {Subscription | null} subscription */
function actions(subscription) {
  if (!subscription || hasEnded(subscription)) {
    return { choose: true, confirm: false, resume: false, change: false, cancel: false };
  }
  const isEnding = subscription.cancel_at !== null;
  const confirm = isOwed(subscription);
  return { choose: false, confirm, resume: isEnding, change: isPaid(subscription), cancel: !isEnding };
}

/**
 * @param {HTMLElement} root
 * @param {Subscription | null} subscription
 */
function displayTerms(root, subscription) {
  const current = hasEnded(subscription) ? null : subscription;
  const [until, at] = current ? term(current) : ["", null];
  reveal(root, { terms: current !== null, dated: at !== null });
  if (current) write(root, { plan: planName(current.plan), price: priceText(current) });
  write(root, { until, date: at && date(at) });
}

/**
 * The date that matters, and what happens then.
 * @param {Subscription} subscription
 * @returns {[string, string | null]}
 */
function term({ status, cancel_at, current_period_end }) {
  if (cancel_at) return ["Ends on", cancel_at];
  if (status === "active") return ["Renews on", current_period_end];
  return status === "trialing" ? ["First payment on", current_period_end] : ["", null];
}
