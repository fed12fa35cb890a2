// The control strip: on this machine a person is Stripe as well. Nothing of the shop knows of it; it hears of sessions,
// and says when something may have changed.
// @ts-check

import { EventLog } from "./event_log.js";
import * as standIn from "./stand_in.js";

// Milliseconds.
const LOOKS_EVERY = 1000;
const TRIES_AGAIN_AFTER = 5000;

/** The customer of the account; rejects where there is none yet. @typedef {() => Promise<string>} Who */

/** Whoever was logged in before the strip was there. @type {string | null} */
let email = null;
document.addEventListener("priceguard:session", (event) => {
  email = /** @type {CustomEvent} */ (event).detail?.email ?? null;
});

/** Something of the account may be different now. */
const tell = () => document.dispatchEvent(new CustomEvent("priceguard:changed"));

/** @param {unknown} error */
const message = (error) => /** @type {Error} */ (error).message;

/** @param {HTMLElement} aside */
async function start(aside) {
  const response = await fetch("/strip/strip.html");
  const parts = new DOMParser().parseFromString(await response.text(), "text/html");
  const root = aside.attachShadow({ mode: "open" }); // the shop's styles end before it
  root.append(...parts.head.children, ...parts.body.children);
  root.querySelector("link")?.addEventListener("load", () => (aside.hidden = false));
  new Strip(root);
}

class Strip {
  /** @type {string | null} */ #email = null;
  /** @type {string | null} */ #customer = null;
  #isSettling = false;
  #isAway = false;

  /** @param {ShadowRoot} root */
  constructor(root) {
    this.panel = /** @type {HTMLDetailsElement} */ (root.querySelector("details"));
    this.said = /** @type {HTMLElement} */ (root.querySelector(".strip-said"));
    const list = /** @type {HTMLElement} */ (root.querySelector(".strip-log"));
    const template = /** @type {HTMLTemplateElement} */ (root.querySelector("#strip-event"));
    this.log = new EventLog(list, template, (event) => this.#act(() => this.#resend(event)));
    for (const button of root.querySelectorAll("button[data-action]")) {
      const action = /** @type {HTMLElement} */ (button).dataset.action ?? "";
      button.addEventListener("click", () => this.#act(ACTIONS[action], /** @type {HTMLButtonElement} */ (button)));
    }
    this.#loses(/** @type {HTMLInputElement} */ (root.querySelector("[name=lose]")));
    this.#goOn();
  }

  /** Look for events, for ever; somebody who does not look at the page needs none. */
  async #goOn() {
    if (document.visibilityState === "visible" && this.panel.open) {
      try {
        await this.#look();
        if (this.#isAway) this.said.textContent = "";
        this.#isAway = false;
      } catch (error) {
        if (!this.#isAway) this.said.textContent = `The stand-in does not answer: ${message(error)}`;
        this.#isAway = true;
      }
    }
    setTimeout(() => this.#goOn(), LOOKS_EVERY);
  }

  async #look() {
    const customer = await this.#known();
    if (!customer) return;
    if (await this.log.look(customer)) tell();
    if (!this.#isSettling) this.#settle(customer);
  }

  /** Beside the looking, which goes on: the API's own words take a second. @param {string} customer */
  async #settle(customer) {
    this.#isSettling = true;
    try {
      if (await this.log.settle(customer)) tell();
    } catch (error) {
      this.said.textContent = `What events changed cannot be told: ${message(error)}`;
      await new Promise((resolve) => setTimeout(resolve, TRIES_AGAIN_AFTER));
    }
    this.#isSettling = false;
  }

  /** The customer, once there is one. */
  async #known() {
    if (email !== this.#email) {
      [this.#email, this.#customer] = [email, null];
      this.log.clear();
    }
    if (this.#email && !this.#customer) {
      const asked = this.#email;
      const found = await standIn.customerOf(asked);
      if (asked === this.#email) this.#customer = found; // else somebody else has logged in meanwhile
    }
    return this.#customer;
  }

  /** @type {Who} */
  #who = async () => {
    const customer = await this.#known();
    if (!customer) throw new Error("Stripe has no customer for this account yet, save a card first");
    return customer;
  };

  /**
   * Do what a button says, and say what came of it.
   * @param {(who: Who) => Promise<string>} action
   * @param {HTMLButtonElement} [button]
   */
  async #act(action, button) {
    if (button?.ariaBusy === "true") return;
    if (button) button.ariaBusy = "true"; // one that is disabled would lose the focus
    this.said.textContent = "…";
    try {
      this.said.textContent = await action(this.#who);
    } catch (error) {
      this.said.textContent = `Not done: ${message(error)}`;
    } finally {
      if (button) button.ariaBusy = null;
    }
  }

  /** @param {string} event */
  async #resend(event) {
    await standIn.resend(event);
    this.log.resent(event);
    return "The event is sent again.";
  }

  /** @param {HTMLInputElement} box */
  async #loses(box) {
    box.addEventListener("change", () =>
      this.#act(async () => {
        await standIn.loseEvents(box.checked);
        return box.checked ? "Events are lost from now on, those of other accounts as well." : "Events arrive again.";
      }),
    );
    box.checked = await standIn.losesEvents().catch(() => false);
  }
}

/** @type {Record<string, (who: Who) => Promise<string>>} */
const ACTIONS = {
  async renew(who) {
    const happened = await standIn.advance(await who());
    return happened ? "Time has passed until the next renewal or attempt." : "Nothing will fall due by itself.";
  },
  async decline(who) {
    await standIn.declineNext(await who());
    return "The next payment will be declined, whatever the card.";
  },
  async reconcile() {
    const { read, failed } = await standIn.reconcile();
    tell();
    return `The API has read ${read} account(s) at Stripe again${failed ? `, ${failed} in vain` : ""}.`;
  },
};

const aside = document.getElementById("strip");
if (aside && standIn.isLocal) start(aside);
