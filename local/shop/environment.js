// What the site is built with: the stack output `netlifyEnvironment`, in the names of the shop.
// @ts-check

// @ts-ignore The platform makes this file when it serves it: { environment: Record<string, string> }.
import { environment } from "/config.js";

/** @type {Record<string, string>} */
const given = environment;

/** Where the API is. */
export const apiBaseUrl = given.VITE_API_BASE_URL;

/** Stripe's key for pages. */
export const publishableKey = given.VITE_STRIPE_PUBLISHABLE_KEY;

/** The monthly price of each plan. */
export const monthlyPrices = {
  basic: given.VITE_STRIPE_PRICE_BASIC,
  premium: given.VITE_STRIPE_PRICE_PREMIUM,
  enterprise: given.VITE_STRIPE_PRICE_ENTERPRISE,
};
