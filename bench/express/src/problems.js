// How a refusal is answered: as a problem document (RFC 9457), whoever refused.

import { STATUS_CODES } from 'node:http';

import * as errors from './errors.js';

const BODY_PARSER = {
  'entity.parse.failed': () => errors.malformedBody('The body is not valid JSON in UTF-8.'),
  'entity.verify.failed': () => errors.malformedBody('The body is not valid JSON in UTF-8.'),
  'entity.too.large': () => errors.bodyTooLarge('The body is larger than this address takes.'),
  'encoding.unsupported': () => errors.unsupportedMediaType('Send the body without compression.'),
  'charset.unsupported': () => errors.unsupportedMediaType('Send the body in UTF-8.'),
};

export function problemDocument(error, requestId) {
  return {
    type: `urn:priceguard:problem:${error.code}`,
    title: STATUS_CODES[error.status],
    status: error.status,
    detail: error.message,
    code: error.code,
    ...(requestId && { request_id: requestId }),
    ...(error.fields && { fields: error.fields }),
  };
}

/** The last middleware: nothing is at this address. */
export function answerNotFound() {
  throw errors.notFound('There is nothing at this address.');
}

/** Express's error middleware. */
export function answerProblem(logger) {
  return (error, req, res, next) => {
    const refusal = asApiError(error);
    if (refusal.status === 500) logger.error({ event: 'request_failed', request_id: req.id, err: error });
    if (res.headersSent) {
      next(error);
      return;
    }
    res.status(refusal.status).set(refusal.headers).type('application/problem+json');
    res.send(Buffer.from(JSON.stringify(problemDocument(refusal, req.id))));
  };
}

function asApiError(error) {
  if (error instanceof errors.ApiError) return error;
  const known = BODY_PARSER[error.type];
  if (known) return known();
  if (error instanceof URIError || (error.expose && error.status >= 400 && error.status < 500)) {
    return new errors.ApiError(400, 'bad_request', 'The request cannot be understood.');
  }
  return errors.internalError('Something went wrong on our side.');
}
