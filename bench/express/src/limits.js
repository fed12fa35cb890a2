// How often something may be done, from one address and for one account. The counts stand in this process's memory.

import { ipKeyGenerator, rateLimit } from 'express-rate-limit';

import { rateLimited } from './errors.js';

const IPV6_SUBNET = 64; // what one customer of a provider gets
const SECOND = 1000;
const MINUTE = 60 * SECOND;

const address = (req) => ipKeyGenerator(req.ip, IPV6_SUBNET);
const account = (req) => req.session.account.id;
const email = (req) => req.body.email.normalize('NFC').toLowerCase();

function limit(windowMs, most, keyGenerator, options) {
  return rateLimit({
    windowMs,
    limit: most,
    keyGenerator,
    standardHeaders: false,
    legacyHeaders: false,
    handler: (req, res, next) => {
      const seconds = Math.max(1, Math.ceil((req.rateLimit.resetTime - Date.now()) / SECOND));
      next(rateLimited(`Too many attempts. Try again in ${seconds} s.`, { retryAfter: seconds }));
    },
    ...options,
  });
}

// A login that succeeds is given back: only failures use the limit up.
const failures = {
  skipSuccessfulRequests: true,
  requestWasSuccessful: (req, res) => res.statusCode < 400 || res.statusCode === 503, // 503: nothing was tried
};

export const login = [
  limit(200 * SECOND, 100, address, failures),
  limit(250 * MINUTE, 50, email, failures),
];
export const registration = limit(100 * SECOND, 100, address);
export const password = limit(10 * MINUTE, 10, account);
export const card = limit(30 * MINUTE, 30, account);
export const billing = limit(10 * MINUTE, 60, account);
