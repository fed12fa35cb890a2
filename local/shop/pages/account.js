// Who is logged in; change the password, log out.
// @ts-check

import { onClick, onSubmit } from "../form.js";
import { date } from "../format.js";
import { load } from "../load.js";
import { part, write } from "../view.js";

/** @import { Account } from "../api_types.js" */
/** @import { Visit } from "../router.js" */

const UNSURE = "It is not known whether the password was changed. Try again; if the current one is refused, it was.";
const CHANGED = "Your password is changed. Every other device is logged out.";
const LEFT = "You have logged out.";
const LEFT_ALL = "You have logged out everywhere.";
const LEFT_HERE_ONLY =
  "You have logged out here, but PriceGuard could not note it. To be sure, log in again and log out everywhere.";

/** @param {Visit} visit */
export function show(visit) {
  return new AccountPage(visit).show();
}

class AccountPage {
  /** @param {Visit} visit */
  constructor(visit) {
    this.visit = visit;
    this.form = part(visit.root, "password", HTMLFormElement);
  }

  async show() {
    const { root, shop } = this.visit;
    this.form.addEventListener("submit", () => write(root, { changed: null })); // it was the last try that it spoke of
    onSubmit(this.visit, this.form, (values) => this.#changePassword(values), UNSURE);
    onClick(this.visit, part(root, "leave", HTMLButtonElement), () => this.#leave());
    onClick(this.visit, part(root, "leave-all", HTMLButtonElement), async () => {
      await shop.api.logoutAll();
      shop.session.end({ notice: LEFT_ALL });
    });
    await load(
      this.visit,
      () => shop.api.me(),
      ({ account }) => this.#display(account),
    );
  }

  /** @param {Account} account */
  #display({ email, created_at }) {
    const { root, shop } = this.visit;
    const until = shop.session.current ? date(shop.session.current.expires_at) : null;
    write(root, { email, since: date(created_at), until });
    part(root, "username", HTMLInputElement).value = email;
  }

  /** @param {Record<string, string>} values */
  async #changePassword({ current_password, new_password }) {
    const { root, shop, signal } = this.visit;
    await shop.api.changePassword({ current_password, new_password });
    if (signal.aborted) return shop.router.tell(this.visit, CHANGED);
    this.form.reset();
    part(root, "username", HTMLInputElement).value = shop.session.current?.email ?? "";
    return write(root, { changed: CHANGED });
  }

  /** Whoever leaves a computer to others has left it, even when nobody answers. */
  async #leave() {
    const { api, session } = this.visit.shop;
    const failure = await api.logout().catch((error) => error);
    session.end({ notice: failure ? LEFT_HERE_ONLY : LEFT });
  }
}
