// Everything that the API refuses or cannot do. Programs decide by `code`, which never changes.

/** A refusal; becomes a problem document. */
export class ApiError extends Error {
  constructor(status, code, detail, { fields, retryAfter, challenge } = {}) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.headers = {
      ...(retryAfter && { 'Retry-After': String(retryAfter) }),
      ...(challenge && { 'WWW-Authenticate': 'Bearer' }),
    };
  }
}

const kind = (status, code, options) => (detail, more) => new ApiError(status, code, detail, { ...options, ...more });

export const malformedBody = kind(400, 'malformed_body');
export const badSignature = kind(400, 'bad_signature');
export const wrongMode = kind(400, 'wrong_mode');
export const sessionRequired = kind(401, 'session_required', { challenge: true });
export const invalidCredentials = kind(401, 'invalid_credentials', { challenge: true });
export const cardDeclined = kind(402, 'card_declined');
export const notYourAccount = kind(403, 'not_your_account');
export const notFound = kind(404, 'not_found');
export const paymentMethodNotFound = kind(404, 'payment_method_not_found');
export const priceNotFound = kind(404, 'price_not_found');
export const methodNotAllowed = kind(405, 'method_not_allowed');
export const emailTaken = kind(409, 'email_taken');
export const cardRequired = kind(409, 'card_required');
export const alreadySubscribed = kind(409, 'already_subscribed');
export const notSubscribed = kind(409, 'not_subscribed');
export const invoiceOpen = kind(409, 'invoice_open');
export const bodyTooLarge = kind(413, 'body_too_large');
export const unsupportedMediaType = kind(415, 'unsupported_media_type');
export const invalidFields = kind(422, 'invalid_fields');
export const rateLimited = kind(429, 'rate_limited');
export const internalError = kind(500, 'internal_error');
export const providerError = kind(502, 'payment_provider_error');
export const busy = kind(503, 'busy', { retryAfter: 2 });
export const changeInProgress = kind(503, 'change_in_progress', { retryAfter: 5 });
export const databaseUnavailable = kind(503, 'database_unavailable', { retryAfter: 5 });
export const providerUnavailable = kind(503, 'payment_provider_unavailable', { retryAfter: 10 });
