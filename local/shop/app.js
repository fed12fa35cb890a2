// The shop: which page is at which address, and who may see it.
// @ts-check

import { PriceGuardApi } from "./api.js";
import { apiBaseUrl, publishableKey } from "./environment.js";
import * as account from "./pages/account.js";
import * as card from "./pages/card.js";
import * as confirm from "./pages/confirm.js";
import * as history from "./pages/history.js";
import * as login from "./pages/login.js";
import * as plans from "./pages/plans.js";
import * as register from "./pages/register.js";
import * as subscription from "./pages/subscription.js";
import { Payments } from "./payment.js";
import { Router, wanted } from "./router.js";
import { Session } from "./session.js";

/** @import { Page } from "./router.js" */

/**
 * What every page works with.
 * @typedef {object} Shop
 * @property {PriceGuardApi} api
 * @property {Session} session
 * @property {Payments} payments
 * @property {Router} router
 */

/** @type {Record<string, Page>} */
const PAGES = {
  "/": { html: "subscription", title: "Your subscription", audience: "customers", show: subscription.show },
  "/subscription": { html: "subscription", title: "Your subscription", audience: "customers", show: subscription.show },
  "/plans": { html: "plans", title: "Plans", audience: "customers", show: plans.show },
  "/card": { html: "card", title: "Your card", audience: "customers", show: card.show },
  "/confirm": { html: "confirm", title: "Confirm your payment", audience: "customers", show: confirm.show },
  "/history": { html: "history", title: "History", audience: "customers", show: history.show },
  "/account": { html: "account", title: "Your account", audience: "customers", show: account.show },
  "/login": { html: "login", title: "Log in", audience: "strangers", show: login.show },
  "/register": { html: "register", title: "Register", audience: "strangers", show: register.show },
};
/** @type {Page} */
const MISSING = { html: "missing", title: "Not found", audience: "anybody" };

const HOME = { "/": "/subscription", "/login": "/subscription", "/register": "/plans" };

const session = new Session();
const shop = /** @type {Shop} */ ({
  api: new PriceGuardApi(apiBaseUrl, { token: () => session.current?.token ?? null, fetch: session.fetch }),
  session,
  payments: new Payments(publishableKey),
});
shop.router = new Router(PAGES, MISSING, shop, elsewhere);

session.addEventListener("change", (event) => {
  /** @type {import("./session.js").Ending} */
  const { notice, returning } = /** @type {CustomEvent} */ (event).detail;
  tellWho();
  if (session.current) shop.router.show();
  else if (shop.router.page.audience === "customers") {
    shop.router.go(returning ? loginFor(new URL(location.href)) : "/login", { replace: true, notice });
  }
});

tellWho();
await shop.router.start();

/**
 * @param {Page} page
 * @param {URL} url
 * @returns {string | null} the address that somebody is sent to instead
 */
function elsewhere({ audience }, url) {
  if (audience === "customers" && !session.current) return url.pathname === "/" ? "/login" : loginFor(url);
  if (audience === "strangers" && session.current) return wanted(url) ?? home(url.pathname);
  return url.pathname === "/" ? home("/") : null;
}

/** @param {string} path */
function home(path) {
  return /** @type {Record<string, string>} */ (HOME)[path];
}

/** @param {URL} url where somebody wanted to be */
function loginFor({ pathname, search }) {
  return `/login?${new URLSearchParams({ next: pathname + search })}`;
}

/** Show the links for whoever is here, and tell whatever else stands in the page. */
function tellWho() {
  for (const list of document.querySelectorAll("[data-audience]")) {
    const { dataset } = /** @type {HTMLElement} */ (list);
    /** @type {HTMLElement} */ (list).hidden = (dataset.audience === "customers") !== Boolean(session.current);
  }
  const detail = session.current && { email: session.current.email };
  document.dispatchEvent(new CustomEvent("priceguard:session", { detail }));
}
