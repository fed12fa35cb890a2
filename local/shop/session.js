// Who is logged in. In localStorage, so that a reload keeps it and all tabs have the same; a script that could read it
// there could as well use it from here, so what protects it is that no foreign script runs (Content-Security-Policy).
// @ts-check

/** @import { LoginAnswer } from "./api_types.js" */

const KEY = "priceguard.session";

export const ENDED = "Your session has ended. Log in again.";
const LEFT_ELSEWHERE = "You have logged out in another window.";

/** @typedef {{ token: string, expires_at: string, email: string }} Current */

/**
 * How a session ended.
 * @typedef {object} Ending
 * @property {string} [notice] what to tell
 * @property {boolean} [returning] whether to come back to the same page after the next login
 */

/** Dispatches `change`, a CustomEvent with an Ending, whenever somebody logs in or out, in this tab or in another. */
export class Session extends EventTarget {
  /** @type {Current | null} */ #current = stored();

  constructor() {
    super();
    addEventListener("storage", ({ key }) => {
      if (key === KEY || key === null) this.#become(stored(), { notice: LEFT_ELSEWHERE });
    });
  }

  get current() {
    return this.#current;
  }

  /** @param {LoginAnswer} login */
  begin({ token, expires_at, account }) {
    const current = { token, expires_at, email: account.email };
    localStorage.setItem(KEY, JSON.stringify(current));
    this.#become(current, {});
  }

  /** @param {Ending} ending */
  end(ending = {}) {
    localStorage.removeItem(KEY);
    this.#become(null, ending);
  }

  /**
   * `fetch` that ends the session when an answer says that it is over, whoever asked.
   * @param {Parameters<typeof fetch>} request
   */
  fetch = async (...request) => {
    const asking = this.#current;
    const response = await fetch(...request);
    const over = response.status === 401 && (await refusal(response.clone())) === "session_required";
    // Meanwhile there may be another session, which this answer does not mean.
    if (over && asking && asking === this.#current) this.end({ notice: ENDED, returning: true });
    return response;
  };

  /**
   * @param {Current | null} current
   * @param {Ending} ending
   */
  #become(current, ending) {
    if (current?.token === this.#current?.token) return;
    this.#current = current;
    this.dispatchEvent(new CustomEvent("change", { detail: ending }));
  }
}

/** @returns {Current | null} */
function stored() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return found?.token && found.email ? found : null;
  } catch {
    return null;
  }
}

/**
 * @param {Response} response
 * @returns {Promise<string | undefined>} the code of a problem document
 */
async function refusal(response) {
  const problem = await response.json().catch(() => null);
  return problem?.code;
}
