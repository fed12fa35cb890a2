// A router whose addresses answer 405 to the methods that they do not take.

import { Router } from 'express';

import { methodNotAllowed } from '../errors.js';
import { authenticate } from '../sessions.js';

export class Routes {
  router = Router({ caseSensitive: true, strict: true });

  get(path, ...handlers) {
    return this.#add(path, 'get', 'GET, HEAD', handlers);
  }

  post(path, ...handlers) {
    return this.#add(path, 'post', 'POST', handlers);
  }

  #add(path, method, allowed, handlers) {
    this.router
      .route(path)
      [method](...handlers)
      .all((req, res) => {
        res.set('Allow', allowed);
        throw methodNotAllowed('This address does not take this method; the Allow header lists those it takes.');
      });
    return this;
  }
}

/** Middleware: only somebody who is logged in goes on, as `req.session`. */
export const requireSession = (database) => async (req, res, next) => {
  req.session = await authenticate(database, req.get('Authorization'));
  next();
};
