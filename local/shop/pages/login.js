// Log in, and go on to where one wanted to be.
// @ts-check

import { onSubmit } from "../form.js";
import { first, lead, part } from "../view.js";

/** @import { Visit } from "../router.js" */

const UNSURE = "Nobody is logged in yet, and what you typed is still here. Try again.";

/** @param {Visit} visit */
export function show(visit) {
  const { root, shop, state, url } = visit;
  const form = first(root, "form", HTMLFormElement);
  first(form, "#email", HTMLInputElement).value = state.email ?? "";
  lead(part(root, "other"), `/register${url.search}`);
  onSubmit(visit, form, logIn, UNSURE);

  /** @param {Record<string, string>} values */
  async function logIn({ email, password }) {
    shop.session.begin(await shop.api.login({ email, password }));
  }
}
