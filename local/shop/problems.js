// What went wrong, in words for the person who sees it.
// @ts-check

import { ApiError, UnreachableError } from "./api.js";
import { duration } from "./format.js";
import { DeclinedError, StripeUnreachableError } from "./payment.js";

/** For a form that changes something: what may have become of it. */
export const UNSURE = "It is not known whether this was done. Try again: nothing is done or charged twice.";

/**
 * @param {unknown} error
 * @param {string} [unsure] what to say when it is not known whether the request was carried out
 * @returns {string}
 */
export function explained(error, unsure = "") {
  if (error instanceof UnreachableError) {
    return `${navigator.onLine ? error.message : "You are offline."} ${unsure}`.trim();
  }
  if (error instanceof StripeUnreachableError || error instanceof DeclinedError) return error.message;
  if (error instanceof ApiError) return advised(error);
  reportError(error);
  return "Something went wrong on this page. Reload it, and try again.";
}

/**
 * Whether the same request may work in a moment.
 * @param {unknown} error
 */
export function passes(error) {
  if (error instanceof ApiError) return error.status === 429 || error.status >= 500;
  return error instanceof UnreachableError || error instanceof StripeUnreachableError;
}

/**
 * With what helps: when to try again, or what to name to whoever is asked for help.
 * @param {ApiError} error
 */
function advised({ message, status, retryAfter, requestId }) {
  if (retryAfter && !/try again/i.test(message)) return `${message} Try again in ${duration(retryAfter)}.`;
  return status === 500 && requestId ? `${message} If you ask us about it, name ${requestId}.` : message;
}
