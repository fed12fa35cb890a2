// Everything that can go wrong when Stripe is asked, in the words of errors.js.

import Stripe from 'stripe';

import { ApiError, cardDeclined, changeInProgress, providerError, providerUnavailable } from './errors.js';

/** Asks Stripe; what it does not answer as it should comes out as an ApiError with Stripe's error as its cause. */
export async function asking(logger, ask) {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    const refusal = translate(error, logger);
    refusal.cause = error;
    throw refusal;
  }
}

function translate(error, logger) {
  const { errors } = Stripe;
  if (error instanceof errors.StripeCardError) {
    return cardDeclined(error.message || 'The card was declined. Try another one.');
  }
  if (error instanceof errors.StripeConnectionError || error instanceof errors.StripeRateLimitError) {
    return providerUnavailable('The payment provider does not answer at this moment. Nothing is lost: try again shortly.');
  }
  if (error instanceof errors.StripeAuthenticationError || error instanceof errors.StripePermissionError) {
    logger.error({ event: 'stripe_key_refused', reason: error.code });
    return providerUnavailable('The payment provider cannot be asked at this moment.');
  }
  if (error.statusCode === 409) {
    return changeInProgress('The same change is under way already. Try again in a few seconds.');
  }
  if (error instanceof errors.StripeError && error.statusCode >= 500) {
    return providerUnavailable('The payment provider has a problem at this moment. Nothing is lost: try again shortly.');
  }
  if (error instanceof errors.StripeError && error.statusCode >= 400) {
    return providerError('The payment provider refused what should have worked.');
  }
  return providerError("The payment provider's answer cannot be understood.");
}

export const isMissing = (error) => error instanceof Stripe.errors.StripeError && error.code === 'resource_missing';

/** Whether Stripe has answered, so that to send the same idempotency key again would only repeat the answer. */
export const isDefinite = (error) => ![undefined, 409, 429].includes(error.cause?.statusCode);
