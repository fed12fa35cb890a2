// What was paid, and what for, page by page.
// @ts-check

import { onClick } from "../form.js";
import { date, money } from "../format.js";
import { load } from "../load.js";
import { announce, copy, first, lead, part, show as reveal, write } from "../view.js";
import { stateText } from "../words.js";

/** @import { HistoryAnswer, HistoryEntry } from "../api_types.js" */
/** @import { Visit } from "../router.js" */

const PAGE = 10;
const MOST = 100; // that the API gives at once
const KINDS = { invoice: "Invoice", payment: "Payment", charge: "Charge" };

/** @param {Visit} visit */
export function show(visit) {
  return new HistoryPage(visit).show();
}

class HistoryPage {
  /** @type {string | null} */ #next = null;
  #shown = "";

  /** @param {Visit} visit */
  constructor(visit) {
    this.visit = visit;
    this.api = visit.shop.api;
    this.rows = part(visit.root, "rows");
    this.template = part(visit.root, "entry-template");
  }

  async show() {
    onClick(this.visit, part(this.visit.root, "more", HTMLButtonElement), () => this.#showMore());
    // Read again, it shows as much as it did before.
    const limit = () => Math.min(Math.max(this.rows.children.length, PAGE), MOST);
    await load(
      this.visit,
      () => this.api.billingHistory({ limit: limit() }),
      (answer) => {
        const text = JSON.stringify(answer);
        if (text === this.#shown) return; // rows that are replaced lose the focus
        this.#shown = text;
        this.rows.replaceChildren();
        this.#add(answer);
      },
    );
  }

  async #showMore() {
    const { children } = this.rows;
    const before = children.length;
    this.#add(await this.api.billingHistory({ limit: PAGE, after: this.#next }));
    announce(`${children.length - before} more.`);
    if (!this.#next && children[before]) first(children[before], "th", HTMLElement).focus(); // the button is gone
  }

  /** @param {HistoryAnswer} answer */
  #add({ items, next }) {
    this.rows.append(...items.map((entry) => this.#row(entry)));
    this.#next = next;
    const isEmpty = this.rows.children.length === 0;
    reveal(this.visit.root, { empty: isEmpty, table: !isEmpty, more: next !== null });
  }

  /** @param {HistoryEntry} entry */
  #row(entry) {
    const row = copy(this.template);
    const when = date(entry.created_at);
    const amount = money(entry.amount, entry.currency);
    write(row, { date: when, for: entry.description ?? KINDS[entry.kind], state: stateText(entry), amount });
    part(row, "date").setAttribute("datetime", entry.created_at);
    part(row, "state").dataset.state = entry.state;
    const documents = { invoice: entry.hosted_url, pdf: entry.pdf_url, receipt: entry.receipt_url };
    for (const [name, address] of Object.entries(documents)) {
      const link = part(row, name);
      lead(link, address);
      link.ariaLabel = `${link.textContent} of ${when}, in a new tab`;
    }
    return row;
  }
}
