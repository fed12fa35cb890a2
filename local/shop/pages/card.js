// Save a card, at Stripe; and pay with it at once what is owed.
// @ts-check

import { onSubmit } from "../form.js";
import { load } from "../load.js";
import { DeclinedError } from "../payment.js";
import { wanted } from "../router.js";
import { first, part, write } from "../view.js";
import { cardText, isOwed, isPaid } from "../words.js";
import { proceed } from "./outcome.js";

/** @import { BillingAnswer } from "../api_types.js" */
/** @import { CardField } from "../payment.js" */
/** @import { Visit } from "../router.js" */

const FIRST = "A card comes first. Then you go on with your plan.";
const OWED = "What is owed is paid with this card at once.";
const SAVED = "Your card is saved.";
const PAID = "Your card is saved, and everything is paid.";
const UNPAID = "The card is saved, but what is owed could not be paid with it.";

/** @param {Visit} visit */
export function show(visit) {
  return new CardPage(visit).show();
}

class CardPage {
  /** @type {BillingAnswer["subscription"]} */ #subscription = null;
  /** @type {Promise<CardField> | null} */ #field = null;
  #currency = "";

  /** @param {Visit} visit */
  constructor(visit) {
    this.visit = visit;
    this.next = wanted(visit.url);
  }

  show() {
    const { root, shop } = this.visit;
    const { api, payments } = shop;
    onSubmit(this.visit, first(root, "form", HTMLFormElement), () => this.#save());
    // Stripe.js as well: without it there is nothing to type a card into.
    const read = () => Promise.all([api.subscription(), api.plans(), payments.ready()]);
    return load(this.visit, read, ([billing, { plans }]) => {
      this.#currency = plans[0].prices[0].currency;
      this.#display(billing);
      if (!this.#field) this.#mountField();
    });
  }

  /** @param {BillingAnswer} billing */
  #display({ subscription, payment_method }) {
    this.#subscription = subscription;
    const purpose = isOwed(subscription) ? OWED : !payment_method && this.next?.startsWith("/plans") ? FIRST : null;
    const heading = payment_method ? "Use another card" : "Add a card";
    write(this.visit.root, { saved: cardText(payment_method), purpose, heading });
  }

  #mountField() {
    this.#field = this.visit.shop.payments.cardField(part(this.visit.root, "element"), this.#currency);
  }

  async #save() {
    const { root, shop, signal } = this.visit;
    const { api, router } = shop;
    const before = this.#subscription;
    write(root, { done: null });
    const field = await this.#field;
    const confirmed = await field?.confirm(async () => (await api.createSetupIntent()).client_secret);
    if (!confirmed) return;
    const saving = api.savePaymentMethod({ payment_method_id: confirmed });
    const answer = await saving.catch((error) => this.#onlySaved(error));
    const isSettled = isOwed(before) && answer.subscription && isPaid(answer.subscription);
    if (before && (answer.client_secret || isSettled)) {
      proceed(this.visit, answer, { priceId: before.price_id, notice: PAID });
    } else if (this.next || signal.aborted) {
      router.leave(this.visit, this.next ?? "", { notice: SAVED });
    } else {
      this.#begin(answer);
      write(root, { done: SAVED });
    }
  }

  /**
   * A card that is declined here is saved all the same.
   * @param {{ code?: string, message: string }} error
   * @returns {Promise<never>}
   */
  async #onlySaved(error) {
    if (error.code !== "card_declined") throw error;
    this.#begin(await this.visit.shop.api.subscription());
    throw new DeclinedError(`${UNPAID} ${error.message}`);
  }

  /** @param {BillingAnswer} billing */
  #begin(billing) {
    this.#display(billing);
    this.#mountField();
  }
}
