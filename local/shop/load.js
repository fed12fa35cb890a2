// One way to read what a page shows: tell that it is loading, go on trying while nobody answers, and read it again when
// something has changed.
// @ts-check

import { ApiError } from "./api.js";
import { say } from "./form.js";
import { duration } from "./format.js";
import { explained, passes } from "./problems.js";
import { announce, part, shared } from "./view.js";

/** @import { Visit } from "./router.js" */

const PAUSES = [1, 2, 4, 8]; // seconds; the last one again and again

/**
 * Fill the part `loaded` of a page.
 * @template Answer
 * @param {Visit} visit
 * @param {() => Promise<Answer>} read
 * @param {(answer: Answer) => unknown} show called again with each later answer, mostly the same one
 * @returns {Promise<void>}
 */
export async function load({ root, signal }, read, show) {
  const content = part(root, "loaded");
  const loading = shared("loading");
  root.ariaBusy = "true";
  content.before(loading);
  const answer = await untilRead(read, loading, signal).catch(fail);
  root.ariaBusy = null;
  loading.hidden = true;
  if (answer === undefined || signal.aborted) return;
  display(answer);
  const again = async () => {
    const latest = await read().catch(() => undefined); // what is shown already is better than an error
    if (latest !== undefined && !signal.aborted) display(latest);
  };
  document.addEventListener("priceguard:changed", again, { signal });
  // Meanwhile something may have been done in another window, or on another device.
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && again(), { signal });

  /** @param {Answer} latest */
  function display(latest) {
    say(loading, "");
    content.hidden = false;
    try {
      show(latest);
    } catch (error) {
      fail(error);
    }
  }

  /** @param {unknown} error */
  function fail(error) {
    content.hidden = true; // half of a page would say what is not so
    say(loading, explained(error));
    return undefined;
  }
}

/**
 * Read something, however long nobody answers.
 * @template Answer
 * @param {() => Promise<Answer>} read
 * @param {HTMLElement} loading stands where the answer will be
 * @param {AbortSignal} signal
 * @returns {Promise<Answer | undefined>} undefined: the page was left
 */
export async function untilRead(read, loading, signal) {
  /** @type {Unread | null} */
  let unread = null;
  for (let attempts = 0; !signal.aborted; attempts += 1) {
    try {
      const answer = await read();
      unread?.end();
      return answer;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!passes(error)) throw error;
      unread ??= new Unread(loading);
      const seconds = PAUSES[attempts] ?? PAUSES[PAUSES.length - 1];
      if (error instanceof ApiError) await unread.wait(error.message, Math.max(error.retryAfter ?? 0, seconds), signal);
      else await unread.wait(explained(error), seconds, signal);
    }
  }
  return undefined;
}

/** The notice that there is no answer, in place of what would be shown. */
class Unread {
  #notice = shared("unread");
  #loading;

  /** @param {HTMLElement} loading */
  constructor(loading) {
    this.#loading = loading;
    loading.hidden = true;
    loading.before(this.#notice);
  }

  /**
   * Wait, and say until when; a click ends it at once.
   * @param {string} why
   * @param {number} seconds
   * @param {AbortSignal} signal
   */
  async wait(why, seconds, signal) {
    const what = part(this.#notice, "what");
    if (what.textContent !== why) what.textContent = why; // to say the same each time would only disturb
    const when = part(this.#notice, "when");
    const now = new AbortController();
    part(this.#notice, "now").addEventListener("click", () => now.abort(), { signal: now.signal });
    for (let left = Math.ceil(seconds); left > 0 && !now.signal.aborted; left -= 1) {
      when.textContent = `Trying again in ${duration(left)}.`;
      await pause(1, AbortSignal.any([signal, now.signal]));
    }
    now.abort();
    when.textContent = "Trying again…";
  }

  end() {
    const focused = this.#notice.contains(document.activeElement);
    this.#notice.remove();
    announce("The answer is there.");
    if (focused) this.#loading.closest("article")?.querySelector("h1")?.focus();
  }
}

/**
 * Resolves after some seconds, at once when it is aborted.
 * @param {number} seconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export function pause(seconds, signal) {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", end);
      resolve();
    }, seconds * 1000);
    signal.addEventListener("abort", end, { once: true });
  });
}
