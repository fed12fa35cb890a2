// The bank wants to know whether it is its customer who pays: ask, then wait until the API knows it from Stripe. The
// address names the price that is to be paid for, so that it outlasts a login.
// @ts-check

import { onClick } from "../form.js";
import { money } from "../format.js";
import { load, pause } from "../load.js";
import { DeclinedError, isAsked, isMade } from "../payment.js";
import { announce, first, keepFocus, lead, part, show as reveal, write } from "../view.js";
import { hasEnded, isOwed, planName } from "../words.js";
import { payAgain } from "./outcome.js";

/** @import { BillingAnswer, PlansAnswer } from "../api_types.js" */
/** @import { PaymentIntent } from "../payment.js" */
/** @import { Visit } from "../router.js" */

const LOOKS = [0.5, 0.5, 1, 2, 3, 4, 4, 5]; // seconds before each look; webhooks mostly come within the first
const STEPS = ["asking", "waiting", "late", "ended", "nothing"];
const AT_THE_BANK = "A window of your bank opens. Nothing is paid before you agree there.";
const AT_ONCE = "What is missing is paid with your card when you confirm.";
const CONFIRMED = "Your payment is confirmed.";

/** @param {Visit} visit */
export function show(visit) {
  return new Confirmation(visit).show();
}

class Confirmation {
  /** @type {string | null} */ #secret;
  /** @type {BillingAnswer} */ #billing = { subscription: null, payment_method: null };
  #step = "";
  #isTried = false;

  /** @param {Visit} visit */
  constructor(visit) {
    const { pending } = visit.state;
    this.visit = visit;
    this.button = part(visit.root, "confirm", HTMLButtonElement);
    this.price = visit.url.searchParams.get("price");
    this.#secret = pending?.account === visit.account ? (pending?.clientSecret ?? null) : null;
    if (!this.#secret) this.#remember(null); // another's stays nowhere
  }

  show() {
    onClick(this.visit, this.button, () => this.#confirm());
    onClick(this.visit, part(this.visit.root, "look", HTMLButtonElement), () => this.#watch());
    return load(
      this.visit,
      () => this.#read(),
      (answers) => this.#display(...answers),
    );
  }

  /** @returns {Promise<[BillingAnswer, PlansAnswer, PaymentIntent | null]>} */
  #read() {
    const { api } = this.visit.shop;
    return Promise.all([api.subscription(), api.plans(), this.#payment()]);
  }

  /** The payment, if it can be made: when it was declined or replaced, the API has to be asked for another. */
  async #payment() {
    const secret = this.#secret;
    if (!secret) return null;
    const payment = await this.visit.shop.payments.payment(secret).catch((error) => {
      if (error instanceof DeclinedError) return null;
      throw error;
    });
    if (payment && (isAsked(payment) || isMade(payment))) return payment;
    if (secret === this.#secret) this.#remember(null); // else there is another by now
    return null;
  }

  /**
   * @param {BillingAnswer} billing
   * @param {PlansAnswer} plans
   * @param {PaymentIntent | null} payment
   */
  #display(billing, plans, payment) {
    this.#billing = billing;
    const isConfirmed = ["waiting", "late", "ended"].includes(this.#step);
    if (isConfirmed || (payment && isMade(payment))) {
      if (!this.#conclude() && !isConfirmed) this.#watch();
    } else if (!hasEnded(billing.subscription) && (payment || this.#isUnpaid())) {
      this.#describe(plans, payment);
      this.#reach("asking");
    } else {
      this.#reach("nothing");
    }
  }

  /** Whether something is to be paid: a debt, or a change whose invoice is open, or that is tried again. */
  #isUnpaid() {
    const { subscription } = this.#billing;
    const isChange = this.price !== null && this.price !== subscription?.price_id;
    return isOwed(subscription) || (isChange && (this.#isTried || subscription?.latest_invoice?.status === "open"));
  }

  /** What is paid for: a debt always comes first. */
  #priceId() {
    const { subscription } = this.#billing;
    return (isOwed(subscription) && subscription?.price_id) || this.price || "";
  }

  /**
   * Say what is paid for, and how much it is if that is known.
   * @param {PlansAnswer} plans
   * @param {PaymentIntent | null} payment
   */
  #describe({ plans }, payment) {
    const { root } = this.visit;
    const { subscription } = this.#billing;
    const isDebt = isOwed(subscription);
    const priceId = this.#priceId();
    const plan = plans.find(({ prices }) => prices.some(({ price_id }) => price_id === priceId));
    const name = planName(plan?.plan ?? null);
    const missing = isDebt ? `The payment for ${name} is missing.` : `The switch to ${name} is not paid yet.`;
    const what = payment
      ? `Your bank wants to make sure that it is you who pays for ${name}.`
      : `${missing} Your bank may want to make sure that it is you who pays.`;
    write(root, { what, hint: payment ? AT_THE_BANK : AT_ONCE });
    if (payment) write(root, { amount: money(payment.amount, payment.currency) });
    const plansPage = `/plans?${new URLSearchParams({ price: priceId })}`;
    lead(part(root, "other-card"), isDebt ? "/card" : `/card?${new URLSearchParams({ next: plansPage })}`);
  }

  async #confirm() {
    const { shop, signal } = this.visit;
    this.#display(...(await this.#read())); // nobody pays for what has ended, or was replaced, since it was shown
    if (this.#step !== "asking" || signal.aborted) return;
    try {
      this.#remember(this.#secret ?? (await payAgain(shop.api, this.#billing, this.#priceId())).client_secret);
      if (this.#secret) await shop.payments.authenticate(this.#secret);
    } catch (error) {
      this.#isTried = true;
      this.button.textContent = "Try again";
      if (error instanceof DeclinedError) throw new DeclinedError(`Nothing was paid. ${error.message}`);
      throw error;
    }
    if (signal.aborted) shop.router.tell(this.visit, CONFIRMED);
    else await this.#watch();
  }

  /** Look whether the API has heard of the payment, for twenty seconds. */
  async #watch() {
    const { shop, signal } = this.visit;
    if (this.#step === "waiting") return;
    this.#reach("waiting");
    for (const seconds of LOOKS) {
      await pause(seconds, signal);
      if (signal.aborted) return;
      this.#billing = await shop.api.subscription().catch(() => this.#billing);
      if (signal.aborted || this.#conclude()) return;
    }
    this.#reach("late");
  }

  /** Go on if the API knows what became of the payment. */
  #conclude() {
    if (hasEnded(this.#billing.subscription)) this.#reach("ended");
    else if (!this.#isUnpaid()) this.visit.shop.router.go("/subscription", { replace: true, notice: CONFIRMED });
    else return false;
    return true;
  }

  /**
   * Have it remembered for a reload; of another page there is nothing to remember.
   * @param {string | null} clientSecret
   */
  #remember(clientSecret) {
    const { account, shop, signal } = this.visit;
    this.#secret = clientSecret;
    if (!signal.aborted) shop.router.remember(clientSecret ? { pending: { clientSecret, account } } : {});
  }

  /** @param {string} step */
  #reach(step) {
    if (step === this.#step) return;
    const { root } = this.visit;
    const isFirst = !this.#step;
    this.#step = step;
    const text = first(part(root, step), "p", HTMLElement);
    const change = () => reveal(root, Object.fromEntries(STEPS.map((other) => [other, other === step])));
    if (!keepFocus(text, change) && !isFirst) announce(text.textContent ?? "");
  }
}
