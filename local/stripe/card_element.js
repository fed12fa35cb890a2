// Part of the script that stands for Stripe.js: the card field. It stands in the page itself, where Stripe's is a frame,
// so colours and font are the page's own.

const FIELDS = [
  { name: "number", label: "Card number", autocomplete: "cc-number", longest: 23 },
  { name: "expiry", label: "Expiry (MM / YY)", autocomplete: "cc-exp", longest: 9 },
  { name: "cvc", label: "CVC", autocomplete: "cc-csc", longest: 4 },
];

// Stripe's code of an error -> the field that it is about; every other error is about the card as a whole.
const FIELD_OF = {
  incomplete_number: "number",
  card_declined: "number",
  incomplete_expiry: "expiry",
  invalid_expiry_month: "expiry",
  invalid_expiry_year: "expiry",
  expired_card: "expiry",
  incomplete_cvc: "cvc",
  incorrect_cvc: "cvc",
};

const NO_CARD = { type: "validation_error", message: "There is no card: elements.create() and mount() one first." };

// As a sheet of the document, because a page may forbid every <style> (Content-Security-Policy: style-src 'self').
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(`
  .stand-in-card { border: 0; margin: 0; padding: 0; min-width: 0; display: grid; gap: 0.75rem;
    grid-template-columns: repeat(2, minmax(0, 1fr)) }
  .stand-in-card legend { padding: 0; margin-block-end: 0.5rem; font-weight: 600 }
  .stand-in-card label { display: grid; gap: 0.25rem; align-content: space-between; min-width: 0 }
  .stand-in-card label:first-of-type, .stand-in-card p { grid-column: 1 / -1; margin: 0 }
  .stand-in-card input { font: inherit; color: inherit; background: transparent; padding: 0.6rem; min-width: 0;
    width: 100%; box-sizing: border-box; border: 1px solid color-mix(in srgb, currentColor 65%, transparent);
    border-radius: 0.4rem }
  :is(.stand-in-card input, .stand-in-bank button):focus-visible { outline: 2px solid currentColor; outline-offset: 2px }
  .stand-in-card :is(.stand-in-problem, [aria-invalid="true"]) { color: light-dark(#b00020, #ff9b93) }
  .stand-in-bank { box-sizing: border-box; max-width: min(26rem, calc(100vw - 2rem)); border-radius: 0.6rem;
    padding: 1.5rem; background: Canvas; color: CanvasText }
  .stand-in-bank::backdrop { background: rgb(0 0 0 / 55%) }
  .stand-in-bank form { display: flex; flex-wrap: wrap; gap: 0.75rem }
  .stand-in-bank button { font: inherit; padding: 0.6rem 1rem }
`);

function addStyle() {
  if (!document.adoptedStyleSheets.includes(SHEET)) document.adoptedStyleSheets.push(SHEET);
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// An id that no other element of the page has.
let made = 0;
const newId = (name) => `stand-in-${name}-${(made += 1)}`;

class CardElement {
  inputs = {};
  listeners = {};

  constructor(type) {
    this.type = type;
    const hint = make("p", { id: newId("hint") }, "Test cards only, such as 4242 4242 4242 4242.");
    this.message = make("span");
    this.alert = make("span", { role: "alert" });
    this.problemText = make("p", { id: newId("error"), class: "stand-in-problem" }, this.message, this.alert);
    this.root = make("fieldset", { class: "stand-in-card", "aria-describedby": hint.id }, make("legend", {}, "Card"));
    for (const { name, label, autocomplete, longest } of FIELDS) {
      const keyboard = { autocomplete, inputmode: "numeric", maxlength: longest, "aria-required": "true" };
      this.inputs[name] = make("input", { name, ...keyboard });
      this.inputs[name].addEventListener("input", () => this.changed(name));
      this.root.append(make("label", {}, label, this.inputs[name]));
    }
    this.root.append(hint, this.problemText);
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
      [number.length >= 12, "incomplete_number", "Your card number is incomplete."],
      [month >= 1 && month < 13 && /^\d{2,4}$/.test(year), "incomplete_expiry", "Your card's expiry is incomplete."],
      [/^\d{3,4}$/.test(cvc), "incomplete_cvc", "Your card's security code is incomplete."],
    ];
    const failed = checks.find(([good]) => !good);
    return failed ? { type: "validation_error", code: failed[1], message: failed[2] } : null;
  }

  // Says the error where it is, and leads there whoever types or hears the page. A field that gets the focus is read
  // out with its description; every other error has to be announced.
  show(error) {
    const wrong = FIELD_OF[error?.code];
    const field = this.inputs[wrong];
    const isRead = field && field !== document.activeElement;
    for (const [name, input] of Object.entries(this.inputs)) {
      input.setAttribute("aria-invalid", String(name === wrong));
      if (name === wrong) input.setAttribute("aria-describedby", this.problemText.id);
      else input.removeAttribute("aria-describedby");
    }
    const text = error?.message ?? "";
    this.message.textContent = isRead ? text : "";
    this.alert.textContent = isRead ? "" : text;
    field?.focus();
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

  problem() { return this.card ? this.card.problem() : NO_CARD; }

  async submit() {
    const error = this.problem();
    this.card?.show(error);
    return error ? { error } : { selectedPaymentMethod: "card" };
  }
}
