// What a shop needs of Stripe.js, for the stand-in that serves this file: card fields, confirmation, the customer's
// bank. Every function answers as Stripe's does: {setupIntent}, {paymentIntent} or {error: {type, code, message}}.
(() => {
  "use strict";

  const ORIGIN = new URL(document.currentScript.src).origin;

  const KINDS = {
    setup: { path: "setup_intents", name: "setupIntent", query: "setup_intent", error: "last_setup_error" },
    payment: { path: "payment_intents", name: "paymentIntent", query: "payment_intent", error: "last_payment_error" },
  };

  const FIELDS = [
    { name: "number", label: "Card number", autocomplete: "cc-number", longest: 23 },
    { name: "expiry", label: "Expiry (MM / YY)", autocomplete: "cc-exp", longest: 9 },
    { name: "cvc", label: "CVC", autocomplete: "cc-csc", longest: 4 },
  ];

  const NO_CARD = { type: "validation_error", message: "There is no card: elements.create() and mount() one first." };

  // System colours follow the page's light or dark scheme.
  const STYLE = `
    .stand-in-card { border: 0; margin: 0; padding: 0; display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem }
    .stand-in-card label { display: grid; gap: 0.25rem }
    .stand-in-card label:first-of-type, .stand-in-card p { grid-column: 1 / -1; margin: 0 }
    .stand-in-card input { font: inherit; padding: 0.6rem; border: 1px solid GrayText; border-radius: 0.4rem;
      background: Field; color: FieldText; min-width: 0 }
    .stand-in-card input:focus-visible { outline: 2px solid Highlight; outline-offset: 1px }
    .stand-in-card :is([role="alert"], [aria-invalid="true"]) { color: light-dark(#b00020, #ff8a80) }
    .stand-in-bank { max-width: 26rem; border-radius: 0.6rem; padding: 1.5rem; background: Canvas; color: CanvasText }
    .stand-in-bank::backdrop { background: rgb(0 0 0 / 55%) }
    .stand-in-bank button { font: inherit; padding: 0.6rem 1rem; margin-inline-end: 0.75rem }
  `;

  function addStyle() {
    if (document.querySelector("style[data-stand-in]")) return;
    document.head.append(make("style", { "data-stand-in": "" }, STYLE));
  }

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  // {a: {b: 1}} -> [["a[b]", "1"]], as Stripe wants its forms.
  function pairs(value, prefix = "") {
    return Object.entries(value).flatMap(([name, inner]) => {
      const full = prefix ? `${prefix}[${name}]` : name;
      if (inner === null || inner === undefined) return [];
      return typeof inner === "object" ? pairs(inner, full) : [[full, String(inner)]];
    });
  }

  const refused = (error) => Object.assign(new Error(error.message), { refusal: error });

  async function ask(key, method, path, params) {
    const form = new URLSearchParams(pairs(params)).toString();
    const get = method === "GET";
    let answer;
    try {
      const response = await fetch(`${ORIGIN}/v1/${path}${get ? `?${form}` : ""}`, {
        method,
        headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/x-www-form-urlencoded" },
        body: get ? undefined : form,
      });
      answer = await response.json();
    } catch (cause) {
      const message = `The local Stripe does not answer: ${cause.message}`;
      throw refused({ type: "api_connection_error", message });
    }
    if (answer.error) throw refused(answer.error);
    return answer;
  }

  // The customer's bank; closing the dialog is a no.
  function askBank() {
    addStyle();
    return new Promise((resolve) => {
      const title = make("h2", {}, "Test bank");
      const text = make("p", {}, "Your bank wants to know whether this is you. Nothing real happens here.");
      const yes = make("button", { value: "succeed" }, "Complete authentication");
      const no = make("button", { value: "fail" }, "Fail authentication");
      const form = make("form", { method: "dialog" }, yes, no);
      const dialog = make("dialog", { class: "stand-in-bank", "aria-label": "Test bank" }, title, text, form);
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(dialog.returnValue === "succeed" ? "succeed" : "fail");
      });
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  class CardElement {
    inputs = {};
    listeners = {};

    constructor(type) {
      this.type = type;
      this.message = make("p", { role: "alert", hidden: "" });
      this.root = make("fieldset", { class: "stand-in-card", "aria-label": "Card" });
      for (const { name, label, autocomplete, longest } of FIELDS) {
        const keyboard = { autocomplete, inputmode: "numeric", maxlength: longest };
        this.inputs[name] = make("input", { name, ...keyboard });
        this.inputs[name].addEventListener("input", () => this.changed(name));
        this.root.append(make("label", {}, label, this.inputs[name]));
      }
      this.root.append(make("p", {}, "Test cards only, such as 4242 4242 4242 4242."), this.message);
    }

    mount(target) {
      const place = typeof target === "string" ? document.querySelector(target) : target;
      if (!place) throw new Error(`stripe.js: there is no element ${target} to mount the card field in`);
      addStyle();
      place.replaceChildren(this.root);
      queueMicrotask(() => this.tell("ready", { elementType: this.type }));
    }

    unmount() { this.root.remove(); }
    focus() { this.inputs.number.focus(); }
    on(event, listener) { (this.listeners[event] ??= []).push(listener); }
    tell(event, detail) { this.listeners[event]?.forEach((listener) => listener(detail)); }

    changed(name) {
      const input = this.inputs[name];
      const digits = input.value.replace(/\D/g, "");
      if (name === "number") input.value = digits.replace(/(.{4})(?=.)/g, "$1 ");
      if (name === "expiry" && digits.length > 2) input.value = `${digits.slice(0, 2)} / ${digits.slice(2)}`;
      this.show(null);
      const empty = FIELDS.every((field) => !this.inputs[field.name].value);
      this.tell("change", { elementType: this.type, complete: !this.problem(), empty, value: { type: "card" } });
    }

    data() {
      const { number, expiry, cvc } = this.inputs;
      const [month = "", year = ""] = expiry.value.split("/").map((part) => part.trim());
      return { number: number.value.replace(/\D/g, ""), exp_month: month, exp_year: year, cvc: cvc.value.trim() };
    }

    problem() {
      const { number, exp_month: month, exp_year: year, cvc } = this.data();
      const checks = [
        ["number", number.length >= 12, "incomplete_number", "Your card number is incomplete."],
        ["expiry", month >= 1 && month < 13 && /^\d{2,4}$/.test(year), "incomplete_expiry", "The expiry is incomplete"],
        ["cvc", /^\d{3,4}$/.test(cvc), "incomplete_cvc", "Your card's security code is incomplete."],
      ];
      const failed = checks.find(([, good]) => !good);
      return failed ? { type: "validation_error", field: failed[0], code: failed[2], message: failed[3] } : null;
    }

    show(error) {
      for (const { name } of FIELDS) this.inputs[name].setAttribute("aria-invalid", String(error?.field === name));
      this.message.hidden = !error;
      this.message.textContent = error?.message ?? "";
      if (error?.field) this.inputs[error.field].focus();
    }
  }

  class Elements {
    elements = {};

    constructor(options = {}) { this.options = options; }

    create(type) {
      if (!["payment", "card"].includes(type)) throw new Error(`stripe.js: there is no element "${type}" here`);
      return (this.elements[type] = new CardElement(type));
    }

    getElement(type) { return this.elements[type] ?? null; }
    update(options) { Object.assign(this.options, options); }
    get card() { return Object.values(this.elements)[0]; }

    async submit() {
      if (!this.card) return { error: NO_CARD };
      const error = this.card.problem();
      this.card.show(error);
      return error ? { error } : { selectedPaymentMethod: "card" };
    }
  }

  class Stripe {
    constructor(key) { this.key = key; }

    elements(options) { return new Elements(options); }
    confirmSetup(options) { return this.confirm(KINDS.setup, options); }
    confirmPayment(options) { return this.confirm(KINDS.payment, options); }
    retrieveSetupIntent(secret) { return this.retrieve(KINDS.setup, secret); }
    retrievePaymentIntent(secret) { return this.retrieve(KINDS.payment, secret); }

    handleNextAction({ clientSecret }) {
      const kind = clientSecret.startsWith("seti_") ? KINDS.setup : KINDS.payment;
      return this.answered(kind, async () => this.finished(kind, clientSecret, await this.read(kind, clientSecret)));
    }

    retrieve(kind, secret) { return this.answered(kind, () => this.read(kind, secret)); }

    confirm(kind, { elements, clientSecret, confirmParams = {}, redirect = "always" }) {
      const secret = clientSecret ?? elements?.options.clientSecret;
      return this.answered(kind, async () => {
        const { payment_method_data: details, ...others } = confirmParams;
        const params = { ...others, client_secret: secret, use_stripe_sdk: true };
        if (!others.payment_method) {
          const { error } = (await elements?.submit()) ?? { error: NO_CARD };
          if (error) throw refused(error);
          params.payment_method_data = { ...details, type: "card", card: elements.card.data() };
        }
        const path = `${kind.path}/${secret.split("_secret_")[0]}/confirm`;
        const intent = await this.finished(kind, secret, await ask(this.key, "POST", path, params));
        if (redirect === "always" && others.return_url) this.leave(kind, intent, others.return_url);
        return intent;
      }, elements?.card);
    }

    read(kind, secret) {
      return ask(this.key, "GET", `${kind.path}/${secret.split("_secret_")[0]}`, { client_secret: secret });
    }

    async finished(kind, secret, intent) {
      if (intent.status !== "requires_action") return intent;
      const body = JSON.stringify({ outcome: await askBank() });
      await fetch(`${ORIGIN}/_stand_in/authentications/${intent.id}`, { method: "POST", body });
      const after = await this.read(kind, secret);
      if (after[kind.error]) throw refused(after[kind.error]);
      return after;
    }

    leave(kind, intent, target) {
      const url = new URL(target, location.href);
      url.searchParams.set(kind.query, intent.id);
      url.searchParams.set(`${kind.query}_client_secret`, intent.client_secret);
      url.searchParams.set("redirect_status", intent.status);
      location.assign(url);
    }

    async answered(kind, work, card) {
      try {
        return { [kind.name]: await work() };
      } catch (cause) {
        if (!cause.refusal) throw cause;
        card?.show(cause.refusal);
        return { error: cause.refusal };
      }
    }
  }

  window.Stripe = (key) => new Stripe(key);
})();
