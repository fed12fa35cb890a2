// Addresses and pages: what is shown where, and how one comes from one page to another without loading anew.
// @ts-check

import { UnreachableError } from "./api.js";
import { say } from "./form.js";
import { untilRead } from "./load.js";
import { announce, first, shared } from "./view.js";

/**
 * Somebody looks at a page, until they leave it.
 * @typedef {object} Visit
 * @property {import("./app.js").Shop} shop
 * @property {HTMLElement} root a copy of the page's HTML
 * @property {URL} url
 * @property {State} state
 * @property {string | null} account the e-mail address of whoever looks
 * @property {AbortSignal} signal aborted when the page is left
 */

/**
 * What one page tells the next, beside its address. It outlasts a reload.
 * @typedef {object} State
 * @property {string} [notice] to be told once
 * @property {string} [email] for the login
 * @property {import("./pages/outcome.js").Pending} [pending] for the confirmation
 */

/**
 * @typedef {object} Page
 * @property {string} html the name of its file in pages/
 * @property {string} title
 * @property {"customers" | "strangers" | "anybody"} audience
 * @property {(visit: Visit) => void | Promise<void>} [show] fill `visit.root`
 */

/** Shows the page of the address, and follows links to others. */
export class Router {
  #pages;
  #missing;
  #shop;
  #elsewhere;
  #outlet = first(document, "main", HTMLElement);
  #leaving = new AbortController();
  /** @type {Map<string, Promise<HTMLElement>>} */ #read = new Map();

  /**
   * @param {Record<string, Page>} pages path -> page
   * @param {Page} missing
   * @param {import("./app.js").Shop} shop
   * @param {(page: Page, url: URL) => string | null} elsewhere where somebody is sent who must not see a page
   */
  constructor(pages, missing, shop, elsewhere) {
    this.#pages = pages;
    this.#missing = missing;
    this.#shop = shop;
    this.#elsewhere = elsewhere;
  }

  /** The page of the address. */
  get page() {
    return this.#pages[location.pathname] ?? this.#missing;
  }

  /** The e-mail address of whoever is logged in. */
  get account() {
    return this.#shop.session.current?.email ?? null;
  }

  start() {
    document.addEventListener("click", (event) => this.#follow(event));
    addEventListener("popstate", () => this.show());
    return this.show({ focus: false });
  }

  /**
   * @param {string} address path and query
   * @param {State & { replace?: boolean }} [options]
   */
  go(address, { replace = false, ...state } = {}) {
    if (replace) history.replaceState(state, "", address);
    else history.pushState(state, "", address);
    scrollTo(0, 0);
    return this.show();
  }

  /**
   * Go on from a page. Whoever has left it meanwhile stays where they are, and is told what came of it.
   * @param {Visit} visit
   * @param {string} address
   * @param {State & { notice: string, replace?: boolean }} options
   */
  leave(visit, address, options) {
    if (visit.signal.aborted) this.tell(visit, options.notice);
    else this.go(address, options);
  }

  /**
   * Say on the page that is there now what came of another one, or of a dialog that is gone. It is nobody else's, who
   * may have logged in since.
   * @param {Visit} visit
   * @param {string} text
   * @param {"notice" | "problem"} [kind]
   */
  tell({ account }, text, kind = "notice") {
    if (account !== this.account) return;
    say(first(this.#outlet, "h1, .loading", HTMLElement), text, kind);
    if (kind === "notice") announce(text); // a problem is an alert already
  }

  /**
   * Have the page remember something else, for a reload.
   * @param {State} state
   */
  remember(state) {
    history.replaceState(state, "");
  }

  /**
   * Show the page of the address, from its beginning.
   * @param {{ focus?: boolean }} [options]
   * @returns {Promise<void>}
   */
  async show({ focus = true } = {}) {
    const url = new URL(location.href);
    const page = this.page;
    const address = this.#elsewhere(page, url);
    if (address) return this.go(address, { replace: true, ...history.state });
    this.#leaving.abort();
    const { signal } = (this.#leaving = new AbortController());
    this.#title(page);
    const loading = shared("loading");
    this.#outlet.replaceChildren(loading);
    const html = await untilRead(() => this.#html(page.html), loading, signal);
    if (!html || signal.aborted) return;
    const root = /** @type {HTMLElement} */ (html.cloneNode(true));
    const { notice, ...state } = /** @type {State} */ (history.state ?? {});
    this.remember(state);
    this.#present(root, focus, notice);
    await page.show?.({ shop: this.#shop, root, url, state, account: this.account, signal });
  }

  /** @param {Page} page */
  #title({ title }) {
    announce("");
    document.title = `${title} – PriceGuard`;
    for (const link of document.querySelectorAll("nav a")) {
      link.ariaCurrent = link.getAttribute("href") === location.pathname ? "page" : null;
    }
  }

  /**
   * @param {HTMLElement} root
   * @param {boolean} focus its heading, which says where one is
   * @param {string} [notice]
   */
  #present(root, focus, notice = "") {
    const heading = first(root, "h1", HTMLElement);
    heading.tabIndex = -1;
    const told = this.#outlet.querySelectorAll(":scope > :is(.notice, .problem)"); // while the page was read
    this.#outlet.replaceChildren(root);
    if (focus) heading.focus({ preventScroll: true });
    say(heading, notice, "notice");
    heading.after(...told);
    if (notice) announce(notice);
  }

  /**
   * The HTML of a page, read once.
   * @param {string} name
   */
  #html(name) {
    const reading = this.#read.get(name) ?? read(`/pages/${name}.html`);
    this.#read.set(name, reading);
    reading.catch(() => this.#read.delete(name)); // the next attempt reads it anew
    return reading;
  }

  /** @param {MouseEvent} event */
  #follow(event) {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const isOther = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (!link || isOther || event.defaultPrevented || link.target || link.origin !== location.origin) return;
    event.preventDefault();
    if (link.hash) document.getElementById(link.hash.slice(1))?.focus();
    else this.go(link.pathname + link.search);
  }
}

/**
 * @param {string} address
 * @returns {Promise<HTMLElement>}
 */
async function read(address) {
  try {
    const response = await fetch(address);
    const text = await response.text();
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    const parsed = new DOMParser().parseFromString(text, "text/html");
    return first(parsed, "article", HTMLElement);
  } catch (cause) {
    throw new UnreachableError(cause);
  }
}

/**
 * The page that an address names as the next one; never one of another site.
 * @param {URL} url
 */
export function wanted(url) {
  const next = url.searchParams.get("next");
  const target = next ? URL.parse(next, url.origin) : null;
  const isOurs = target?.origin === url.origin && !target.pathname.startsWith("//"); // two would begin another site
  return isOurs ? target.pathname + target.search : null;
}
