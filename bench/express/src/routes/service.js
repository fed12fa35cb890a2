// `/health` for the load balancer and the container, and `/api/stripe/webhook` for Stripe.

import express from 'express';

import { Routes } from './route.js';

const STATUS = {
  connecting: ['starting', 503],
  connected: ['ok', 200],
  interrupted: ['degraded', 200],
  unreachable: ['unavailable', 503],
};

// The bytes as they came: the signature is over them.
const raw = express.raw({ type: () => true, limit: '1mb', inflate: false });

export function serviceRoutes({ database, gateway, webhooks, settings: { revision } }) {
  const health = async (req, res) => {
    if ([req.query.simple].flat()[0] === '1') {
      res.json({ status: 'ok', revision });
      return;
    }
    const state = await database.state();
    const [status, code] = STATUS[state];
    res.status(code).json({ status, revision, database: state });
  };
  const webhook = async (req, res) => {
    await webhooks.receive(gateway.verifiedEvent(req.body ?? Buffer.alloc(0), req.get('Stripe-Signature') ?? ''));
    res.json({ received: true });
  };
  return new Routes().get('/health', health).post('/api/stripe/webhook', raw, webhook).router;
}
