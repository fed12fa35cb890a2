// The container's command. Exit codes: 0 after SIGTERM or SIGINT, 78 when the environment is not complete, 1 when the
// port is taken.

import { createApp } from './app.js';
import { Billing } from './billing.js';
import { Database } from './database.js';
import { createLogger } from './log.js';
import { createHttpServer, drain, listen } from './server.js';
import { readSettings, SettingsError } from './settings.js';
import { StripeGateway } from './stripe-gateway.js';
import { Webhooks } from './webhooks.js';

const CONFIGURATION_ERROR = 78; // sysexits.h

function settingsOrExit() {
  try {
    return readSettings();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    console.error(error.message);
    return process.exit(CONFIGURATION_ERROR);
  }
}

const settings = settingsOrExit();
const logger = createLogger(settings);
const database = new Database(settings.databaseUrl, logger);
const gateway = new StripeGateway(settings, logger);
const webhooks = new Webhooks(database, gateway, settings, logger);
const billing = new Billing(database, gateway, settings.prices);
const server = createHttpServer(createApp({ settings, logger, database, gateway, webhooks, billing }));

let isStopping = false;

async function stop() {
  if (isStopping) return;
  isStopping = true;
  logger.info('stopping');
  await drain(server);
  await webhooks.stop();
  await database.stop();
  process.exit(0);
}

process.on('SIGTERM', stop).on('SIGINT', stop);
process.on('uncaughtException', (error) => {
  logger.fatal({ event: 'uncaught_exception', err: error });
  process.exit(1);
});

try {
  await listen(server, settings);
} catch (error) {
  logger.fatal({ event: 'cannot_listen', reason: error.code });
  process.exit(1);
}
logger.info('listening');
database.start();
webhooks.start();
