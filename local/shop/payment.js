// Stripe: card field, and what a customer's bank asks. Stripe.js is loaded when a page needs it; whether it is Stripe's
// own, nobody here knows.
// @ts-check

const NOT_SAVED = "The card was not saved.";
const SCRIPT = "https://js.stripe.com/endive/stripe.js";

/**
 * @typedef {{ type: string, code?: string, message?: string }} StripeError
 * @typedef {{ id: string, status: string, amount: number, currency: string }} PaymentIntent
 * @typedef {{ paymentIntent?: PaymentIntent, error?: StripeError }} PaymentAnswer
 * @typedef {{ setupIntent?: { payment_method: string | { id: string } | null }, error?: StripeError }} SetupAnswer
 *
 * @typedef {object} Element
 * @property {(place: HTMLElement) => void} mount
 * @property {(event: "change", listener: () => void) => void} on
 *
 * @typedef {object} Elements
 * @property {(type: "payment") => Element} create
 * @property {() => Promise<{ error?: StripeError }>} submit
 *
 * @typedef {object} Stripe
 * @property {(options: object) => Elements} elements
 * @property {(options: object) => Promise<SetupAnswer>} confirmSetup
 * @property {(options: object) => Promise<PaymentAnswer>} confirmPayment
 * @property {(options: { clientSecret: string }) => Promise<PaymentAnswer>} handleNextAction
 * @property {(clientSecret: string) => Promise<PaymentAnswer>} retrievePaymentIntent
 */

/** Stripe.js could not be loaded, or cannot ask Stripe. */
export class StripeUnreachableError extends Error {
  name = "StripeUnreachableError";
  constructor() {
    super("Stripe, which takes the payments, does not answer.");
  }
}

/** Stripe or the bank said no; the message is theirs, for the customer. Empty: it stands in the card field already. */
export class DeclinedError extends Error {
  name = "DeclinedError";
}

/** What the shop asks of Stripe itself. */
export class Payments {
  #key;
  /** @type {Promise<Stripe> | null} */ #stripe = null;

  /** @param {string} key */
  constructor(key) {
    this.#key = key;
  }

  /** Stripe.js, loaded once; after a failure the next call tries again. */
  ready() {
    this.#stripe ??= loaded(this.#key).catch((error) => {
      this.#stripe = null;
      throw error;
    });
    return this.#stripe;
  }

  /**
   * A field for a card.
   * @param {HTMLElement} place
   * @param {string} currency
   */
  async cardField(place, currency) {
    const stripe = await this.ready();
    return new CardField(stripe, place, currency);
  }

  /**
   * How a payment stands.
   * @param {string} clientSecret
   */
  async payment(clientSecret) {
    const stripe = await this.ready();
    return intentOf(await stripe.retrievePaymentIntent(clientSecret));
  }

  /**
   * Let the bank ask the customer.
   * @param {string} clientSecret
   * @returns {Promise<void>} the payment is made
   * @throws {DeclinedError | StripeUnreachableError}
   */
  async authenticate(clientSecret) {
    const stripe = await this.ready();
    let intent = await this.payment(clientSecret);
    if (intent.status === "requires_action") intent = intentOf(await stripe.handleNextAction({ clientSecret }));
    if (intent.status === "requires_confirmation") {
      intent = intentOf(await stripe.confirmPayment({ clientSecret, ...here() }));
    }
    if (!isMade(intent)) throw new DeclinedError("The payment was declined.");
  }
}

/** A card field that stands in the page. */
export class CardField {
  #stripe;
  #elements;
  /** @type {string | null} */ #confirmed = null;

  /**
   * @param {Stripe} stripe
   * @param {HTMLElement} place
   * @param {string} currency
   */
  constructor(stripe, place, currency) {
    const theme = matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "stripe";
    this.#stripe = stripe;
    this.#elements = stripe.elements({ mode: "setup", currency, appearance: { theme } });
    const element = this.#elements.create("payment");
    element.mount(place);
    element.on("change", () => (this.#confirmed = null));
  }

  /**
   * Have the card confirmed by its bank; the same card is so only once, however often this is called.
   * @param {() => Promise<string>} allowed the client secret of a setup intent
   * @returns {Promise<string>} the payment method
   * @throws {DeclinedError | StripeUnreachableError}
   */
  async confirm(allowed) {
    if (this.#confirmed) return this.#confirmed;
    refuse((await this.#elements.submit()).error);
    const clientSecret = await allowed();
    const { setupIntent, error } = await this.#stripe.confirmSetup({
      elements: this.#elements,
      clientSecret,
      ...here(),
    });
    refuse(error, NOT_SAVED);
    const method = setupIntent?.payment_method;
    this.#confirmed = typeof method === "string" ? method : (method?.id ?? null);
    if (!this.#confirmed) throw new DeclinedError("The card was not confirmed. Try again.");
    return this.#confirmed;
  }
}

/** Whether the money is paid, or on its way. @param {PaymentIntent} intent */
export function isMade({ status }) {
  return ["succeeded", "processing"].includes(status);
}

/** Whether it waits for the customer. @param {PaymentIntent} intent */
export function isAsked({ status }) {
  return ["requires_action", "requires_confirmation"].includes(status);
}

/** A bank that cannot ask in a window of the page sends the customer back to it. */
function here() {
  return { confirmParams: { return_url: location.href }, redirect: "if_required" };
}

/** @param {PaymentAnswer} answer */
function intentOf({ paymentIntent, error }) {
  refuse(error);
  if (!paymentIntent) throw new StripeUnreachableError();
  return paymentIntent;
}

/**
 * @param {StripeError | undefined} error
 * @param {string} [consequence] what is said before the reason, which the card field may say as well
 */
function refuse(error, consequence = "") {
  if (!error) return;
  if (error.type === "api_connection_error") throw new StripeUnreachableError();
  if (error.type === "validation_error") throw new DeclinedError();
  throw new DeclinedError(`${consequence} ${error.message ?? "The payment was declined."}`.trim());
}

/**
 * @param {string} key
 * @returns {Promise<Stripe>}
 */
function loaded(key) {
  const script = document.createElement("script");
  return new Promise((resolve, reject) => {
    script.addEventListener("load", () => {
      const { Stripe } = /** @type {{ Stripe?: (key: string) => Stripe }} */ (/** @type {unknown} */ (globalThis));
      if (Stripe) resolve(Stripe(key));
      else reject(new StripeUnreachableError());
    });
    script.addEventListener("error", () => {
      script.remove();
      reject(new StripeUnreachableError());
    });
    script.src = SCRIPT;
    document.head.append(script);
  });
}
