// Make an account, and log in with it.
// @ts-check

import { onSubmit } from "../form.js";
import { first, lead, part } from "../view.js";

/** @import { Visit } from "../router.js" */

const UNSURE = "It is not known whether the account was made. Try again; if it is taken then, log in.";
const MADE = "Your account is made. Log in.";

/** @param {Visit} visit */
export function show(visit) {
  const { root, shop, url } = visit;
  const { api, router, session } = shop;
  lead(part(root, "other"), `/login${url.search}`);
  onSubmit(visit, first(root, "form", HTMLFormElement), send, UNSURE);

  /** @param {Record<string, string>} values */
  async function send({ email, password }) {
    await api.register({ email, password });
    try {
      session.begin(await api.login({ email, password }));
    } catch {
      router.go(`/login${url.search}`, { notice: MADE, email });
    }
  }
}
