// `/api/billing`: cards, subscriptions, invoices of whoever is logged in.

import * as limits from '../limits.js';
import * as shapes from '../validation.js';
import * as views from '../views.js';
import { requireSession, Routes } from './route.js';

export function billingRoutes({ database, billing, settings }) {
  const session = requireSession(database);
  const own = shapes.requireOwn;
  const taking = (shape, options) => [session, shapes.body(shape, options), own];
  const optional = { optional: true };
  const plans = views.plans(settings.prices);

  const createSetupIntent = async (req, res) => {
    const made = await billing.createSetupIntent(req.session.account);
    res.json({ setup_intent_id: made.id, client_secret: made.client_secret });
  };
  const savePaymentMethod = async (req, res) => {
    res.json(views.change(await billing.savePaymentMethod(req.session.account, req.body.payment_method_id)));
  };
  const createSubscription = async (req, res) => {
    const changed = await billing.subscribe(req.session.account, req.body.price_id);
    res.status(changed.created ? 201 : 200).json(views.change(changed));
  };
  const changePlan = async (req, res) => {
    res.json(views.change(await billing.changePlan(req.session.account, req.body.price_id)));
  };
  const cancel = async (req, res) => {
    res.json(views.change(await billing.cancel(req.session.account, req.body.at_period_end)));
  };
  const resume = async (req, res) => res.json(views.change(await billing.resume(req.session.account)));
  const history = async (req, res) => {
    res.json(views.historyPage(await billing.history(req.session.account), req.asked));
  };

  return new Routes()
    .get('/plans', session, own, (req, res) => res.json(plans))
    .post('/create-setup-intent', taking(shapes.ownAccount, optional), limits.card, createSetupIntent)
    .post('/save-payment-method', taking(shapes.savedPaymentMethod), limits.card, savePaymentMethod)
    .post('/create-subscription', taking(shapes.chosenPrice), limits.billing, createSubscription)
    .post('/change-plan', taking(shapes.chosenPrice), limits.billing, changePlan)
    .post('/cancel-subscription', taking(shapes.cancellation, optional), limits.billing, cancel)
    .post('/resume-subscription', taking(shapes.ownAccount, optional), limits.billing, resume)
    .get('/subscription', session, own, (req, res) => res.json(views.billing(req.session.account.billing)))
    .get('/billing-history', session, shapes.query(shapes.page), own, limits.billing, history).router;
}
