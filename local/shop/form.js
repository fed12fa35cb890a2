// One way to do something for a person: the button is busy meanwhile, and what goes wrong is said beside it.
// @ts-check

import { ApiError } from "./api.js";
import { explained, UNSURE } from "./problems.js";
import { first, shared } from "./view.js";

/** @import { Visit } from "./router.js" */

/**
 * Do what a button stands for, once at a time.
 * @param {Visit} visit
 * @param {HTMLButtonElement} button
 * @param {() => Promise<void>} work
 * @param {string} [unsure] what to say when it is not known whether it was done
 * @returns {Promise<unknown>} what went wrong, if anything did
 */
export async function attempt(visit, button, work, unsure = UNSURE) {
  if (isBusy(button)) return undefined;
  const place = /** @type {HTMLElement} */ (button.closest(".actions") ?? button);
  say(place, "");
  busy(button, true);
  try {
    await work();
    return undefined;
  } catch (error) {
    const text = explained(error, unsure);
    if (place.isConnected) say(place, text);
    else visit.shop.router.tell(visit, text, "problem");
    return error;
  } finally {
    busy(button, false);
  }
}

/**
 * Have a button do something.
 * @param {Visit} visit
 * @param {HTMLButtonElement} button
 * @param {() => Promise<void>} work
 * @param {string} [unsure]
 */
export function onClick(visit, button, work, unsure) {
  button.addEventListener("click", () => attempt(visit, button, work, unsure));
}

/**
 * Have a form send what is in it. What was typed stays there, whatever happens.
 * @param {Visit} visit
 * @param {HTMLFormElement} form
 * @param {(values: Record<string, string>) => Promise<void>} send
 * @param {string} [unsure]
 */
export function onSubmit(visit, form, send, unsure) {
  const button = first(form, "button:not([type=button])", HTMLButtonElement);
  for (const revealing of form.querySelectorAll("button[aria-controls]")) {
    revealing.addEventListener("click", () => reveal(form, revealing, revealing.ariaPressed !== "true"));
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy(button)) return;
    for (const input of inputs(form)) mark(input, problemOf(input));
    if (focusFirstWrong(form)) return;
    const values = Object.fromEntries(inputs(form).map(({ name, value }) => [name, value]));
    const error = await attempt(visit, button, () => send(values), unsure);
    if (error instanceof ApiError && form.isConnected) showFields(form, error);
  });
  form.addEventListener("input", ({ target }) => {
    if (target instanceof HTMLInputElement && target.name) mark(target, "");
  });
}

/**
 * Say something after an element: what went wrong, mostly.
 * @param {HTMLElement} place
 * @param {string} text nothing is said without one
 * @param {"problem" | "notice"} [kind]
 */
export function say(place, text, kind = "problem") {
  if (place.nextElementSibling?.matches(`.${kind}`)) place.nextElementSibling.remove();
  if (!text) return;
  const said = shared(kind);
  place.after(said);
  said.textContent = text;
}

/**
 * A button that is busy keeps the focus: one that is `disabled` would lose it.
 * @param {HTMLButtonElement} button
 * @param {boolean} is
 */
function busy(button, is) {
  button.ariaBusy = is ? "true" : null;
  button.ariaDisabled = is ? "true" : null;
}

/** @param {HTMLButtonElement} button */
export function isBusy(button) {
  return button.ariaBusy === "true";
}

/** @param {HTMLFormElement} form */
function inputs(form) {
  const all = [...form.elements].filter((element) => element instanceof HTMLInputElement);
  return all.filter(({ name, readOnly }) => name && !readOnly);
}

/**
 * What is wrong with a value, said as the API says it: to be read after the name of the field.
 * @param {HTMLInputElement} input
 */
function problemOf({ validity, minLength }) {
  if (validity.valueMissing) return "is missing";
  if (validity.typeMismatch) return "must look like name@example.com";
  return validity.tooShort ? `must be at least ${minLength} characters long` : "";
}

/**
 * Mark a field as wrong, or as right again.
 * @param {HTMLInputElement} input
 * @param {string} problem
 */
function mark(input, problem) {
  const id = `${input.id}-problem`;
  document.getElementById(id)?.remove();
  const others = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((other) => other && other !== id);
  input.ariaInvalid = problem ? "true" : null;
  if (problem) {
    const said = shared("field-problem");
    said.id = id;
    said.textContent = `${input.labels?.[0].textContent} ${problem}.`;
    (input.closest(".secret") ?? input).after(said);
    others.push(id);
  }
  if (others.length) input.setAttribute("aria-describedby", others.join(" "));
  else input.removeAttribute("aria-describedby");
}

/**
 * @param {HTMLFormElement} form
 * @param {ApiError} error
 */
function showFields(form, { fields }) {
  for (const input of inputs(form)) mark(input, fields[input.name] ?? "");
  focusFirstWrong(form);
}

/** @param {HTMLFormElement} form */
function focusFirstWrong(form) {
  const wrong = inputs(form).find((input) => input.ariaInvalid === "true");
  wrong?.focus();
  return wrong !== undefined;
}

/**
 * Show a password, or hide it.
 * @param {HTMLFormElement} form
 * @param {Element} button
 * @param {boolean} shown
 */
function reveal(form, button, shown) {
  const input = first(form, `#${button.getAttribute("aria-controls")}`, HTMLInputElement);
  input.type = shown ? "text" : "password";
  button.ariaPressed = String(shown);
}
