// The last question before a plan is subscribed to, or changed: what is paid, and when.
// @ts-check

import { ask } from "../dialog.js";
import { date, money } from "../format.js";
import { lead, part, write } from "../view.js";
import { cardText, hasEnded, planName, priceText } from "../words.js";
import { proceed } from "./outcome.js";

/** @import { BillingAnswer, ChangeAnswer, PriceItem, Subscription } from "../api_types.js" */
/** @import { Visit } from "../router.js" */

/**
 * @param {Visit} visit
 * @param {BillingAnswer} billing
 * @param {string} plan
 * @param {PriceItem} price
 */
export function purchase(visit, { subscription, payment_method }, plan, price) {
  const { api, router } = visit.shop;
  const name = planName(plan);
  const cardPage = `/card?${new URLSearchParams({ next: `/plans?price=${price.price_id}` })}`;
  if (!payment_method) return router.go(cardPage);
  const changed = subscription && !hasEnded(subscription) ? subscription : null;

  return ask(visit, "purchase-template", prepare, buy, goOn);

  /** @param {HTMLElement} dialog */
  function prepare(dialog) {
    const card = `Paid with: ${cardText(payment_method)}.`;
    write(dialog, { card, ...(changed ? changeTerms(changed, name, price) : firstTerms(name, price)) });
    lead(part(dialog, "other-card"), cardPage);
  }

  function buy() {
    const chosen = { price_id: price.price_id };
    return changed ? api.changePlan(chosen) : api.createSubscription(chosen);
  }

  /** @param {ChangeAnswer} answer */
  function goOn(answer) {
    const notice = changed ? `You have switched to ${name}.` : `Welcome to ${name}. Your subscription is active.`;
    proceed(visit, answer, { priceId: price.price_id, notice });
  }
}

/**
 * @param {string} name
 * @param {PriceItem} price
 */
function firstTerms(name, price) {
  return {
    title: `Subscribe to ${name}?`,
    now: `You pay ${money(price.unit_amount, price.currency)} now.`,
    later: `Then the same every ${price.interval}, until you cancel.`,
    confirm: "Subscribe and pay",
  };
}

/**
 * @param {Subscription} current
 * @param {string} name
 * @param {PriceItem} price
 */
function changeTerms(current, name, price) {
  const renewal = date(current.current_period_end);
  const ending = current.cancel_at && `It still ends on ${date(current.cancel_at)}.`;
  const terms = { title: `Switch to ${name}, ${priceText(price)}?`, confirm: "Switch plan" };
  if (current.interval !== price.interval) {
    const now = `A new ${price.interval} begins now. You pay ${money(price.unit_amount, price.currency)} now`;
    const credit = `, less what is left of your ${current.interval}; what is over counts for later invoices.`;
    // Who has cancelled has done so for the end of a period, whichever that is then.
    const moved = current.cancel_at === current.current_period_end;
    const end = moved ? `It still ends, but only when the new ${price.interval} does.` : ending;
    return { ...terms, now: now + credit, later: end ?? `Then ${priceText(price)}, until you cancel.` };
  }
  const later = ending ?? `From ${renewal} on you pay ${priceText(price)}.`;
  if (price.unit_amount > current.unit_amount) {
    return { ...terms, now: `You pay the difference for the time until ${renewal} now.`, later };
  }
  const now = `You pay nothing now. What you have paid too much until ${renewal} counts for your next invoices.`;
  return { ...terms, now, later };
}
