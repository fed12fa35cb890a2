// What the API reads from its environment; the only module that looks at process.env besides the health check.

import { z } from 'zod';

export const STRIPE = 'https://api.stripe.com';

const ORIGIN = /^(https:\/\/[a-z0-9.-]+(:\d{1,5})?|http:\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?)$/;
const STRIPE_KEY = /^[sr]k_(test|live)_\w+$/;
const WEBHOOK_SECRET = /^whsec_[\w+/=-]{16,}$/;
const LOCAL_URL = /^http:\/\/(localhost|127\.0\.0\.1):\d{1,5}$/;

export class SettingsError extends Error {}

const text = z.string().regex(/^[^\s\p{C}]+$/u);

const price = z.strictObject({
  id: z.string().min(1),
  plan: z.string().min(1),
  interval: z.enum(['month', 'year']),
  unit_amount: z.int().positive(),
  currency: z.string().min(1),
});

const list = (pattern) =>
  z
    .string()
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(z.string().regex(pattern)).min(1));

const json = z.string().transform((value, context) => {
  try {
    return JSON.parse(value);
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
});

// Explicit about encryption: without sslmode a client would go on in plain text when the server offers none.
function isDatabaseUrl(value) {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const mode = url.searchParams.get('sslmode');
  const isTlsDecided = mode === 'verify-full' ? url.searchParams.has('sslrootcert') : ['require', 'disable'].includes(mode);
  const isWhole = url.hostname && url.username && url.password && url.pathname.length > 1;
  return Boolean(['postgresql:', 'postgres:'].includes(url.protocol) && isWhole && isTlsDecided);
}

const VARIABLES = {
  ENVIRONMENT: [text, "the environment's name as logs show it, such as dev or prod"],
  REVISION: [text, 'the commit that the image was built from'],
  LOG_LEVEL: [z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR']), 'DEBUG, INFO, WARNING or ERROR'],
  HOST: [text, 'the address to listen on; 0.0.0.0 in a container'],
  PORT: [z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(1).max(65535)), 'the TCP port to listen on'],
  DATABASE_URL: [
    z.string().refine(isDatabaseUrl),
    'postgresql://user:password@host:5432/database?sslmode=verify-full&sslrootcert=/path/to/ca.pem',
  ],
  ALLOWED_ORIGINS: [list(ORIGIN), 'the browser origins that may call the API, separated by commas'],
  STRIPE_API_URL: [
    z.string().refine((value) => value === STRIPE || LOCAL_URL.test(value)),
    `${STRIPE}, or http://127.0.0.1:port of a stand-in`,
  ],
  STRIPE_PRICES: [
    json
      .pipe(z.array(price).min(1))
      .refine((prices) => new Set(prices.map(({ id }) => id)).size === prices.length),
    'a JSON list of {"id", "plan", "interval": "month" or "year", "unit_amount", "currency"}',
  ],
  STRIPE_SECRET_KEY: [z.string().trim().regex(STRIPE_KEY), "Stripe's API key, live in prod and test elsewhere"],
  STRIPE_WEBHOOK_SECRET: [list(WEBHOOK_SECRET), 'the signing secrets of the webhook endpoints, whsec_...'],
};

/** Reads and checks every variable; SettingsError names all that are missing or wrong, and shows no value. */
export function readSettings(environment = process.env) {
  const values = {};
  const problems = [];
  for (const [name, [schema, wanted]] of Object.entries(VARIABLES)) {
    const parsed = schema.safeParse(environment[name]);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(`  ${name} is ${name in environment ? 'not valid' : 'not set'}. Set it to ${wanted}.`);
  }
  if (problems.length === 0) problems.push(...contradictions(values));
  if (problems.length > 0) {
    throw new SettingsError(`the API cannot start: its environment is not complete.\n${problems.join('\n')}`);
  }
  return {
    environment: values.ENVIRONMENT,
    revision: values.REVISION,
    logLevel: values.LOG_LEVEL,
    host: values.HOST,
    port: values.PORT,
    databaseUrl: values.DATABASE_URL,
    allowedOrigins: values.ALLOWED_ORIGINS,
    stripeApiUrl: values.STRIPE_API_URL,
    prices: values.STRIPE_PRICES,
    stripeSecretKey: values.STRIPE_SECRET_KEY,
    webhookSecrets: values.STRIPE_WEBHOOK_SECRET,
    live: values.STRIPE_SECRET_KEY.includes('_live_'),
  };
}

// Live keys belong to prod and to Stripe itself, test keys everywhere else.
function contradictions({ ENVIRONMENT, STRIPE_SECRET_KEY, STRIPE_API_URL }) {
  const isProd = ENVIRONMENT === 'prod';
  if (STRIPE_SECRET_KEY.includes('_live_') !== isProd) {
    return [`  STRIPE_SECRET_KEY is of the wrong mode: ${ENVIRONMENT} takes ${isProd ? 'live' : 'test'} keys only.`];
  }
  return isProd && STRIPE_API_URL !== STRIPE ? [`  STRIPE_API_URL is not Stripe's own. Set it to ${STRIPE}.`] : [];
}
