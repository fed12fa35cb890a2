// The list of events: how each was delivered, and what it changed in the account.
// @ts-check

import * as standIn from "./stand_in.js";

/** @import { Change, Delivery } from "./stand_in.js" */

const BOOKED_WITHIN = 2500; // milliseconds: the API stores an event at once, and books it right after

/** What is told of a change, the most important first; `priceguard webhooks changes` tells all of it. */
const SHOWN = {
  "subscription.status": "status",
  "subscription.price.plan": "plan",
  "subscription.price.interval": "interval",
  "subscription.current_period_end": "period ends",
  "subscription.cancel_at": "cancels",
  "subscription.latest_invoice.status": "invoice",
  "card.last4": "card",
};

export class EventLog {
  /** @type {Delivery[]} */ #deliveries = [];
  /** @type {Change[]} */ #changes = [];
  /** Events whose effect is known by now. @type {Set<string>} */ #settled = new Set();
  /** Events that were sent once more. @type {Set<string>} */ #resent = new Set();
  /** By id of the delivery. @type {Map<string, HTMLElement>} */ #rows = new Map();

  /**
   * @param {HTMLElement} list
   * @param {HTMLTemplateElement} template - of an event
   * @param {(event: string) => void} onResend
   */
  constructor(list, template, onResend) {
    this.list = list;
    this.template = template;
    this.onResend = onResend;
  }

  /** Forget everything: the account is another one. */
  clear() {
    [this.#deliveries, this.#changes] = [[], []];
    this.#settled.clear();
    this.#resent.clear();
    this.#rows.clear();
    this.list.replaceChildren();
  }

  /**
   * Look for events.
   * @param {string} customer
   * @returns {Promise<boolean>} whether something was new
   */
  async look(customer) {
    const found = await standIn.deliveries(customer);
    if (JSON.stringify(found) === JSON.stringify(this.#deliveries)) return false;
    this.#deliveries = found;
    this.#draw();
    return true;
  }

  /**
   * Look at what those events changed that have arrived: the API tells it, by its trail of changes.
   * @param {string} customer
   * @returns {Promise<boolean>} whether one had arrived of which it was not known
   */
  async settle(customer) {
    const arrived = this.#deliveries.filter(({ delivered, event }) => delivered && !this.#settled.has(event));
    if (!arrived.length) return false;
    await this.#learn(customer);
    if (arrived.some(({ event }) => !this.#changeOf(event))) {
      await new Promise((resolve) => setTimeout(resolve, BOOKED_WITHIN));
      await this.#learn(customer);
    }
    for (const { event } of arrived) this.#settled.add(event);
    this.#draw();
    return true;
  }

  /** An event is sent once more. @param {string} event */
  resent(event) {
    this.#resent.add(event);
    this.#draw();
  }

  /** @param {string} customer */
  async #learn(customer) {
    this.#changes = await standIn.changes(customer);
    this.#draw();
  }

  /** @param {string} event */
  #changeOf(event) {
    return this.#changes.find(({ events }) => events.includes(event));
  }

  /** Rows stay where they are, with the focus in them; new ones come in before them. */
  #draw() {
    const ids = new Set(this.#deliveries.map(({ id }) => id));
    for (const [id, row] of this.#rows) if (!ids.has(id)) this.#drop(id, row);
    for (const [place, delivery] of this.#deliveries.entries()) {
      const row = this.#rows.get(delivery.id) ?? this.#row(delivery);
      this.#rows.set(delivery.id, row);
      this.#fill(row, delivery);
      if (this.list.children[place] !== row) this.list.insertBefore(row, this.list.children[place] ?? null);
    }
  }

  /**
   * @param {string} id
   * @param {HTMLElement} row
   */
  #drop(id, row) {
    row.remove();
    this.#rows.delete(id);
  }

  /** @param {Delivery} delivery */
  #row({ event, type }) {
    const row = /** @type {HTMLElement} */ (this.template.content.firstElementChild?.cloneNode(true));
    part(row, "type").textContent = type;
    part(row, "resend").setAttribute("aria-label", `Send ${type} again`);
    part(row, "resend").addEventListener("click", () => this.onResend(event));
    return row;
  }

  /**
   * @param {HTMLElement} row
   * @param {Delivery} delivery
   */
  #fill(row, delivery) {
    part(row, "delivery").textContent = delivered(delivery);
    part(row, "delivery").dataset.delivered = String(delivery.delivered);
    const change = this.#changeOf(delivery.event);
    const words = change ? differences(change) : this.#settled.has(delivery.event) ? ["changed nothing new"] : [];
    const again = this.#resent.has(delivery.event) ? ["sent again"] : [];
    part(row, "changes").replaceChildren(...[...words, ...again].map(item));
  }
}

/**
 * @param {HTMLElement} row
 * @param {string} name
 */
function part(row, name) {
  return /** @type {HTMLElement} */ (row.querySelector(`[data-part="${name}"]`));
}

/** @param {Delivery} delivery */
function delivered({ delivered: arrived, open, attempts, status, reason }) {
  if (open) return attempts ? `attempt ${attempts}: ${reason}; goes on` : "on its way";
  return arrived ? `arrived, ${status}` : `lost: ${reason}`;
}

/** @param {string} text */
function item(text) {
  const element = document.createElement("li");
  element.textContent = text;
  return element;
}

/**
 * `["status: active → past_due"]`
 * @param {Change} change
 */
function differences({ before, after }) {
  const [old, now] = [leaves(before), leaves(after)];
  const shown = Object.entries(SHOWN).filter(([name]) => old[name] !== now[name]);
  if (!shown.length) return [`changed: ${Object.keys(now).join(", ")}`];
  return shown.map(([name, word]) => `${word}: ${old[name] ?? "none"} → ${now[name] ?? "none"}`);
}

/**
 * `{a: {b: 1}}` -> `{"a.b": "1"}`
 * @param {unknown} value
 * @param {string} [name]
 * @returns {Record<string, string>}
 */
function leaves(value, name = "") {
  if (value === null || value === undefined) return {};
  if (typeof value !== "object") return { [name]: String(value).replace(/T[\d:.]+(Z|\+00:00)$/, "") }; // the day will do
  return Object.assign({}, ...Object.entries(value).map(([key, one]) => leaves(one, name ? `${name}.${key}` : key)));
}
