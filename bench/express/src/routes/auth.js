// `/api/auth`: registration, login, logout, passwords, and who is logged in.

import * as accounts from '../accounts.js';
import * as limits from '../limits.js';
import { refuseWhenBusy } from '../passwords.js';
import { revoke, revokeAll } from '../sessions.js';
import * as shapes from '../validation.js';
import * as views from '../views.js';
import { requireSession, Routes } from './route.js';

const whenNotBusy = async (req, res, next) => {
  await refuseWhenBusy();
  next();
};

export function authRoutes({ database }) {
  const session = requireSession(database);
  const own = shapes.requireOwn;

  const register = async (req, res) => {
    const made = await accounts.register(database, req.body.email, req.body.password);
    res.status(201).json({ account: views.account(made) });
  };
  const logIn = async (req, res) => {
    const made = await accounts.logIn(database, req.body.email, req.body.password);
    res.json({ token: made.token, expires_at: made.expiresAt, account: views.account(made.account) });
  };
  const logOut = async (req, res) => {
    await revoke(database, req.session);
    res.status(204).end();
  };
  const logOutAll = async (req, res) => {
    await revokeAll(database, req.session.account.id);
    res.status(204).end();
  };
  const changePassword = async (req, res) => {
    await accounts.changePassword(database, req.session, req.body.current_password, req.body.new_password);
    res.status(204).end();
  };
  const me = (req, res) => res.json({ account: views.account(req.session.account) });

  return new Routes()
    .post('/register', shapes.body(shapes.registration), whenNotBusy, limits.registration, register)
    .post('/login', shapes.body(shapes.credentials), whenNotBusy, limits.login, logIn)
    .post('/logout', session, own, logOut)
    .post('/logout-all', session, own, logOutAll)
    .post('/change-password', session, shapes.body(shapes.passwordChange), own, whenNotBusy, limits.password, changePassword)
    .get('/me', session, own, me).router;
}
