// PriceGuard's API for JavaScript: a method for each operation of docs/openapi.json, with the types of the document.
// It needs nothing but `fetch`, so any frontend may take this file and api_types.js as they are.

/**
 * @import {
 *   AccountAnswer, BillingAnswer, Cancellation, ChangeAnswer, ChosenPrice, Credentials, HistoryAnswer, LoginAnswer,
 *   OwnAccount, PasswordChange, PlansAnswer, Problem, Registration, SavedPaymentMethod, SetupIntentAnswer
 * } from "./api_types.js"
 */

// The API gives Stripe twelve seconds, then says that it did not answer. There is time left for that over a slow line;
// later than this hardly anything comes, and who waits shall be told.
const LONGEST_WAIT_MS = 20_000;

// RFC 6750. Anything else `fetch` would refuse by quoting it, and a token stands in no error.
const BEARER_TOKEN = /^[\w.~+/-]+=*$/;

/** The API has refused. Decide by `code`, which never changes; the message is for people. */
export class ApiError extends Error {
  name = "ApiError";
  /**
   * @param {Problem} problem
   * @param {number | null} retryAfter
   */
  constructor(problem, retryAfter) {
    super(problem.detail);
    /** The HTTP status. */
    this.status = problem.status;
    /** What is wrong, e.g. `card_declined`. */
    this.code = problem.code;
    /** The name of each wrong field -> what is wrong with it. */
    this.fields = problem.fields ?? {};
    /** Seconds after which the same request may succeed; null: the API did not say. */
    this.retryAfter = retryAfter;
    /** To name to whoever is asked for help. */
    this.requestId = problem.request_id ?? null;
  }
}

/**
 * There is no answer, or none of the API's: no network, an origin that CORS does not allow, too long a wait, the error
 * page of a load balancer. Whether the request was carried out is not known; to repeat it charges nobody twice.
 */
export class UnreachableError extends Error {
  name = "UnreachableError";
  /** @param {unknown} cause */
  constructor(cause) {
    super("PriceGuard does not answer.", { cause });
  }
}

/** All methods reject with ApiError or UnreachableError. */
export class PriceGuardApi {
  #origin;
  #token;
  #fetch;

  /**
   * @param {string} baseUrl where the API is, e.g. `https://api.example.com`
   * @param {object} [options]
   * @param {() => string | null} [options.token] the session's, asked before each request
   * @param {typeof globalThis.fetch} [options.fetch]
   */
  constructor(baseUrl, { token = () => null, fetch = globalThis.fetch } = {}) {
    this.#origin = new URL(baseUrl);
    this.#token = token;
    this.#fetch = fetch;
  }

  /**
   * Make an account. It does not log in.
   * @param {Registration} body
   * @returns {Promise<AccountAnswer>}
   */
  register(body) {
    return this.#ask("account", "POST", "/api/auth/register", { body, session: false });
  }

  /**
   * Open a session.
   * @param {Credentials} body
   * @returns {Promise<LoginAnswer>}
   */
  login(body) {
    return this.#ask("token", "POST", "/api/auth/login", { body, session: false });
  }

  /**
   * End this session.
   * @returns {Promise<null>}
   */
  logout() {
    return this.#ask(null, "POST", "/api/auth/logout");
  }

  /**
   * End every session of the account, on all devices.
   * @returns {Promise<null>}
   */
  logoutAll() {
    return this.#ask(null, "POST", "/api/auth/logout-all");
  }

  /**
   * Change the password; every other session of the account ends.
   * @param {PasswordChange} body
   * @returns {Promise<null>}
   */
  changePassword(body) {
    return this.#ask(null, "POST", "/api/auth/change-password", { body });
  }

  /**
   * Show who is logged in.
   * @returns {Promise<AccountAnswer>}
   */
  me() {
    return this.#ask("account", "GET", "/api/auth/me");
  }

  /**
   * List the plans and what they cost.
   * @returns {Promise<PlansAnswer>}
   */
  plans() {
    return this.#ask("plans", "GET", "/api/billing/plans");
  }

  /**
   * Begin to save a card; Stripe.js confirms the setup intent.
   * @param {OwnAccount} [body]
   * @returns {Promise<SetupIntentAnswer>}
   */
  createSetupIntent(body) {
    return this.#ask("client_secret", "POST", "/api/billing/create-setup-intent", { body });
  }

  /**
   * Save a card, and pay an open invoice with it: `card_declined` says that only paying failed.
   * @param {SavedPaymentMethod} body
   * @returns {Promise<ChangeAnswer>}
   */
  savePaymentMethod(body) {
    return this.#ask("subscription", "POST", "/api/billing/save-payment-method", { body });
  }

  /**
   * Subscribe, paid with the saved card.
   * @param {ChosenPrice} body
   * @returns {Promise<ChangeAnswer>}
   */
  createSubscription(body) {
    return this.#ask("subscription", "POST", "/api/billing/create-subscription", { body });
  }

  /**
   * Change the plan; the difference is paid at once.
   * @param {ChosenPrice} body
   * @returns {Promise<ChangeAnswer>}
   */
  changePlan(body) {
    return this.#ask("subscription", "POST", "/api/billing/change-plan", { body });
  }

  /**
   * Cancel the subscription, at the end of what is paid for if nothing else is said.
   * @param {Cancellation} [body]
   * @returns {Promise<ChangeAnswer>}
   */
  cancelSubscription(body) {
    return this.#ask("subscription", "POST", "/api/billing/cancel-subscription", { body });
  }

  /**
   * Take the cancellation back, as long as the subscription lives.
   * @param {OwnAccount} [body]
   * @returns {Promise<ChangeAnswer>}
   */
  resumeSubscription(body) {
    return this.#ask("subscription", "POST", "/api/billing/resume-subscription", { body });
  }

  /**
   * Show subscription and payment method.
   * @returns {Promise<BillingAnswer>}
   */
  subscription() {
    return this.#ask("subscription", "GET", "/api/billing/subscription");
  }

  /**
   * Show the billing history, the newest first.
   * @param {{ limit?: number, after?: string | null }} [page] after: `next` of the page before
   * @returns {Promise<HistoryAnswer>}
   */
  billingHistory({ limit, after } = {}) {
    return this.#ask("items", "GET", "/api/billing/billing-history", { query: { limit, after } });
  }

  /**
   * @param {string | null} member that the answer has; null: the answer is empty
   * @param {"GET" | "POST"} method
   * @param {string} path
   * @param {{ body?: object, query?: Record<string, string | number | null | undefined>, session?: boolean }} [options]
   * @returns {Promise<any>}
   */
  async #ask(member, method, path, { body, query = {}, session = true } = {}) {
    const url = new URL(path, this.#origin);
    for (const [name, value] of Object.entries(query)) if (value != null) url.searchParams.set(name, String(value));
    const headers = new Headers(body && { "Content-Type": "application/json" });
    const token = session ? this.#token() : null;
    if (token && BEARER_TOKEN.test(token)) headers.set("Authorization", `Bearer ${token}`);
    const request = { method, headers, body: JSON.stringify(body), signal: AbortSignal.timeout(LONGEST_WAIT_MS) };
    const fetch = this.#fetch; // a browser's refuses to be called as a method of something else
    let response, text;
    try {
      response = await fetch(url, request);
      text = await response.text();
    } catch (cause) {
      throw new UnreachableError(cause);
    }
    return answer(response, text, member);
  }
}

/**
 * @param {Response} response
 * @param {string} text its body
 * @param {string | null} member
 */
function answer(response, text, member) {
  if (response.status === 204 && !member) return null;
  const type = response.headers.get("Content-Type")?.split(";")[0];
  const content = parsed(text);
  if (response.ok && type === "application/json" && content?.[member ?? ""] !== undefined) return content;
  const retryAfter = Number(response.headers.get("Retry-After")) || null;
  if (type === "application/problem+json" && content?.code && content.detail) throw new ApiError(content, retryAfter);
  throw new UnreachableError(new Error(`${response.status} with ${type ?? "no content"} is no answer of the API`));
}

/** JSON.parse would quote the text in its error, and there are tokens in answers. @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
