// The shapes of request bodies and queries, and the middleware that holds requests against them.

import { isUtf8 } from 'node:buffer';

import express from 'express';
import { z } from 'zod';

import { emailProblem } from './accounts.js';
import { invalidFields, malformedBody, notYourAccount, unsupportedMediaType } from './errors.js';
import { LONGEST, SHORTEST } from './passwords.js';

const text = z.string().refine((value) => value.isWellFormed(), 'must be valid Unicode');
const stripeId = z.string().min(1).max(255).regex(/^[A-Za-z0-9_]+$/);

const newEmail = text.superRefine((value, context) => {
  const problem = emailProblem(value);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

const newPassword = text
  .refine((value) => !value.includes('\0'), 'must not hold a NUL character')
  .refine((value) => {
    const { length } = [...value];
    return length >= SHORTEST && length <= LONGEST;
  }, `must be ${SHORTEST} to ${LONGEST} characters long`);

const ownEmail = { email: z.string().nullish() };

export const credentials = z.strictObject({ email: text, password: text });
export const registration = z.strictObject({ email: newEmail, password: newPassword });
export const passwordChange = z.strictObject({ current_password: text, new_password: newPassword });
export const ownAccount = z.strictObject(ownEmail);
export const savedPaymentMethod = z.strictObject({ ...ownEmail, payment_method_id: stripeId });
export const chosenPrice = z.strictObject({ ...ownEmail, price_id: stripeId });
export const cancellation = z.strictObject({ ...ownEmail, at_period_end: z.boolean().default(true) });
export const page = z.object({
  limit: z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(z.int().min(1).max(100)).default(20),
  after: stripeId.optional(),
});

const JSON_TYPE = /^application\/json\s*(;|$)/i;

const json = express.json({
  limit: '64kb',
  inflate: false,
  strict: false, // what is JSON and no object is refused by its shape
  verify: (req, res, content) => {
    if (!isUtf8(content)) throw new Error('not UTF-8');
  },
});

/** Middleware that reads a JSON body of this shape; an `optional` one may be left out. */
export function body(shape, { optional = false } = {}) {
  const check = (req, res, next) => {
    if (req.body === undefined) throw unsupportedMediaType('Send the body as JSON, with `Content-Type: application/json`.');
    req.body = parsed(shape, req.body, 'body');
    next();
  };
  return [
    (req, res, next) => {
      const isEmpty = !req.get('Transfer-Encoding') && !Number(req.get('Content-Length'));
      if (!isEmpty) {
        json(req, res, next);
        return;
      }
      if (!optional && JSON_TYPE.test(req.get('Content-Type') ?? '')) throw malformedBody('The body is not valid JSON in UTF-8.');
      req.body = optional ? {} : undefined;
      next();
    },
    check,
  ];
}

/** Middleware that reads the query into `req.asked`; of a name that is repeated the first counts. */
export function query(shape) {
  return (req, res, next) => {
    const first = Object.entries(req.query).map(([name, value]) => [name, [value].flat()[0]]);
    req.asked = parsed(shape, Object.fromEntries(first), 'query');
    next();
  };
}

/** Middleware: an e-mail address that the request names must be the caller's own. */
export function requireOwn(req, res, next) {
  const own = req.session.account.email.toLowerCase();
  for (const email of [[req.query.email].flat()[0], req.body?.email]) {
    if (typeof email === 'string' && email.toLowerCase() !== own) {
      throw notYourAccount("This is another account's e-mail address: leave it out, or send your own.");
    }
  }
  next();
}

function parsed(shape, value, where) {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const fields = {};
  for (const issue of result.error.issues) {
    for (const name of issue.keys ?? [issue.path.join('.')]) fields[name] ??= issue.keys ? 'unknown field' : issue.message;
  }
  const isWhole = '' in fields; // not an object at all
  const detail = isWhole ? `The ${where} is not valid: ${fields['']}.` : 'Some fields are not valid.';
  throw invalidFields(detail, isWhole ? undefined : { fields });
}
