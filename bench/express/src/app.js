// The application: what it consists of, in the order in which requests meet it.

import cors from 'cors';
import express from 'express';
import helmet from 'helmet';

import { requestLog } from './log.js';
import { answerNotFound, answerProblem } from './problems.js';
import { authRoutes } from './routes/auth.js';
import { billingRoutes } from './routes/billing.js';
import { serviceRoutes } from './routes/service.js';

export function createApp(parts) {
  const { settings, logger } = parts;
  const app = express();
  app.disable('etag');
  app.set('trust proxy', 1); // the last address of X-Forwarded-For, which our load balancer has seen itself
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.set('strict routing', true);

  app.use(requestLog(logger));
  app.use(safeHeaders(), (req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });
  app.use(
    cors({
      origin: settings.allowedOrigins,
      methods: ['GET', 'POST'],
      allowedHeaders: ['Authorization', 'Content-Type', 'X-Request-Id'],
      exposedHeaders: ['Retry-After', 'X-Request-Id'],
      maxAge: 600,
    }),
  );
  app.use(serviceRoutes(parts));
  app.use('/api/auth', authRoutes(parts));
  app.use('/api/billing', billingRoutes(parts));
  app.use(answerNotFound);
  app.use(answerProblem(logger));
  return app;
}

const safeHeaders = () =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
  });
