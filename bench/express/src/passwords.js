// Passwords: the rule for new ones, and hashing that neither fills the thread pool nor the memory.

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import argon2 from 'argon2';

import { busy } from './errors.js';

export const SHORTEST = 8;
export const LONGEST = 1024;

// OWASP's minimum for Argon2id: 19 MiB, two passes, one lane.
const OPTIONS = { type: argon2.argon2id, memoryCost: 19456, timeCost: 2, parallelism: 1, hashLength: 32 };
const AT_ONCE = 2; // of libuv's four threads; each takes 19 MiB
const WAITING = 16;
const REFUSAL_MS = 1000;

const waiting = [];
let running = 0;

/** Refuses when the queue is full: cheaper before anything else is done for the caller. */
export async function refuseWhenBusy() {
  if (waiting.length < WAITING) return;
  await sleep(REFUSAL_MS);
  throw busy('Too many people are logging in at this moment. Try again in a few seconds.');
}

export const hash = (password) => inTurn(() => argon2.hash(normalised(password), OPTIONS));

/** Whether `stored` was made from `password`; without a stored one the answer is no, and takes as long. */
export async function verify(password, stored) {
  return inTurn(() => argon2.verify(stored ?? decoy(), normalised(password)));
}

export const isOutdated = (stored) => argon2.needsRehash(stored, OPTIONS);

async function inTurn(work) {
  if (running === AT_ONCE) {
    await refuseWhenBusy();
    // Whoever was busy hands its place over, so `running` stays as it is.
    await new Promise((resolve) => waiting.push(resolve));
  } else {
    running += 1;
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

// A hash that no password has; to verify it costs what verifying a real one costs.
function decoy() {
  const [salt, digest] = [16, 32].map((size) => randomBytes(size).toString('base64').replaceAll('=', ''));
  return `$argon2id$v=19$m=${OPTIONS.memoryCost},t=${OPTIONS.timeCost},p=${OPTIONS.parallelism}$${salt}$${digest}`;
}

// One form for what different keyboards send for the same characters.
const normalised = (password) => password.normalize('NFKC');
