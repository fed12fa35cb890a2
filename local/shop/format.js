// Money and dates as people read them, in the language of the pages.
// @ts-check

const LANGUAGE = "en";

const dates = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "long" });

/**
 * @param {number} amount in the smallest unit of the currency
 * @param {string} currency
 * @param {"auto" | "stripIfInteger"} [zeros] what becomes of `.00`
 */
export function money(amount, currency, zeros = "auto") {
  const form = new Intl.NumberFormat(LANGUAGE, { style: "currency", currency, trailingZeroDisplay: zeros });
  return form.format(amount / 10 ** (form.resolvedOptions().maximumFractionDigits ?? 2));
}

/** @param {string} time RFC 3339 */
export function date(time) {
  return dates.format(new Date(time));
}

/** @param {number} seconds */
export function duration(seconds) {
  const [unit, length] = seconds < 100 ? ["second", 1] : seconds < 6000 ? ["minute", 60] : ["hour", 3600];
  const form = new Intl.NumberFormat(LANGUAGE, { style: "unit", unit, unitDisplay: "long" });
  return form.format(Math.ceil(seconds / length));
}
