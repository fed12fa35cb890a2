// A question before something is done.
// @ts-check

import { ApiError } from "./api.js";
import { attempt, isBusy } from "./form.js";
import { copy, first, part } from "./view.js";

/** @import { Visit } from "./router.js" */

/**
 * Ask, and do it when the answer is yes. What goes wrong is said in the dialog, which stays open then; unless the
 * question itself was wrong, because something has changed since it was asked: then the page says it.
 * @template Answer
 * @param {Visit} visit
 * @param {string} template part of the page: a dialog with a form, `confirm` and `close`
 * @param {(dialog: HTMLElement) => void} prepare
 * @param {(answers: FormData) => Promise<Answer>} work
 * @param {(answer: Answer) => void} then what is left to do when the dialog is closed
 */
export function ask(visit, template, prepare, work, then) {
  const dialog = copy(part(visit.root, template), HTMLDialogElement);
  const form = first(dialog, "form", HTMLFormElement);
  const button = part(dialog, "confirm", HTMLButtonElement);
  prepare(dialog);
  visit.root.append(dialog);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy(button)) return;
    dialog.setAttribute("closedby", "none"); // not even by Escape: what comes of it is said here
    await attempt(visit, button, async () => {
      const answer = await work(new FormData(form)).catch(reconsider);
      end();
      then(answer);
    });
    dialog.setAttribute("closedby", "closerequest");
  });
  part(dialog, "close").addEventListener("click", () => isBusy(button) || dialog.close());
  dialog.addEventListener("close", end);
  dialog.showModal();

  /**
   * @param {unknown} error
   * @returns {never}
   */
  function reconsider(error) {
    if (error instanceof ApiError) {
      if (error.status === 409) end();
      document.dispatchEvent(new CustomEvent("priceguard:changed"));
    }
    throw error;
  }

  function end() {
    dialog.close();
    dialog.remove();
    // What was pressed to open it may be gone.
    if (document.activeElement === document.body) first(visit.root, "h1", HTMLElement).focus();
  }
}
