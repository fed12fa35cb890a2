// JSON log lines on stdout, and one line for each request: no body, no header, no address with its query.

import { randomUUID } from 'node:crypto';

import pino from 'pino';

const LEVELS = { DEBUG: 'debug', INFO: 'info', WARNING: 'warn', ERROR: 'error' };
const REQUEST_ID = /^[A-Za-z0-9._-]{8,128}$/;
const TRACE_ROOT = /(?:^|;)Root=([A-Za-z0-9-]{8,128})(?:;|$)/;
const LONGEST_PATH = 200;
const CLIENT_LEFT = 499;

export function createLogger({ environment, revision, logLevel }) {
  return pino({
    level: LEVELS[logLevel],
    base: { environment, revision },
    messageKey: 'event',
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    // The texts of a driver's errors may show rows or addresses; name, code and stack position say enough.
    serializers: { err: ({ name, code, stack }) => ({ name, code, at: stack?.match(/\n\s+at .*/g)?.slice(0, 8).join('') }) },
  });
}

/** Middleware: names each request and writes its line when the answer is out or the client has gone. */
export function requestLog(logger) {
  return (req, res, next) => {
    const started = performance.now();
    const { path } = req; // routers change it
    req.id = chooseId(req);
    res.setHeader('X-Request-Id', req.id);
    res.once('close', () => {
      const status = res.writableFinished ? res.statusCode : CLIENT_LEFT;
      logger[levelOf(path, status)]({
        event: 'request',
        request_id: req.id,
        method: req.method,
        path: path.slice(0, LONGEST_PATH),
        status,
        ms: Math.round((performance.now() - started) * 10) / 10,
        account_id: req.session?.account.id,
      });
    });
    next();
  };
}

function levelOf(path, status) {
  if (path === '/health') return 'debug';
  return status >= 500 ? 'warn' : 'info';
}

// The caller's or the load balancer's id when it looks like one, else a new one.
function chooseId(req) {
  const given = req.get('X-Request-Id');
  if (given && REQUEST_ID.test(given)) return given;
  return TRACE_ROOT.exec(req.get('X-Amzn-Trace-Id') ?? '')?.[1] ?? randomUUID().replaceAll('-', '');
}
