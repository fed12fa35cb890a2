// HTML comes from the .html files only. What the API answers goes into it as text.
// @ts-check

const ANY = /** @type {new () => HTMLElement} */ (/** @type {unknown} */ (HTMLElement));

/**
 * The element that a page's HTML calls `name`, by `data-part`.
 * @template {HTMLElement} [Kind=HTMLElement]
 * @param {ParentNode} root
 * @param {string} name
 * @param {new () => Kind} [kind]
 * @returns {Kind}
 */
export function part(root, name, kind = /** @type {any} */ (ANY)) {
  return required(root.querySelector(`[data-part="${name}"]`), kind, `data-part="${name}"`);
}

/**
 * The first element that a selector finds.
 * @template {HTMLElement} Kind
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function first(root, selector, kind) {
  return required(root.querySelector(selector), kind, selector);
}

/**
 * A copy of what a template holds: one element.
 * @template {HTMLElement} [Kind=HTMLElement]
 * @param {HTMLElement} template
 * @param {new () => Kind} [kind]
 * @returns {Kind}
 */
export function copy(template, kind = /** @type {any} */ (ANY)) {
  const { content } = /** @type {HTMLTemplateElement} */ (template);
  return required(document.importNode(content, true).firstElementChild, kind, `template ${template.id}`);
}

/**
 * A copy of one of the templates in index.html, which all pages share.
 * @param {"loading" | "unread" | "notice" | "problem" | "field-problem"} id
 */
export function shared(id) {
  return copy(first(document, `#${id}`, HTMLTemplateElement));
}

/**
 * Write texts into parts; one without a text is hidden.
 * @param {ParentNode} root
 * @param {Record<string, string | null>} texts
 */
export function write(root, texts) {
  for (const [name, text] of Object.entries(texts)) {
    const element = part(root, name);
    if (element.textContent !== text) element.textContent = text ?? ""; // said again, it would be read out again
    element.hidden = !text;
  }
}

/**
 * Show parts, or hide them.
 * @param {ParentNode} root
 * @param {Record<string, boolean>} parts
 */
export function show(root, parts) {
  for (const [name, shown] of Object.entries(parts)) part(root, name).hidden = !shown;
}

/**
 * Put a link where it leads; without an address there is none.
 * @param {HTMLElement} link
 * @param {string | null} address
 */
export function lead(link, address) {
  link.hidden = !address;
  if (address) link.setAttribute("href", address);
}

/**
 * Change the page; if what had the focus is gone then, another element gets it.
 * @param {HTMLElement} heir
 * @param {() => void} change
 * @returns {boolean} whether it did
 */
export function keepFocus(heir, change) {
  const focused = document.activeElement;
  change();
  const isLost = focused !== null && focused !== document.body && !focused.checkVisibility();
  if (isLost) heir.focus();
  return isLost;
}

/**
 * Say something to people who do not see the page change.
 * @param {string} text
 */
export function announce(text) {
  first(document, "#live", HTMLElement).textContent = text;
}

/**
 * @template {HTMLElement} Kind
 * @param {Element | null} element
 * @param {new () => Kind} kind
 * @param {string} wanted
 * @returns {Kind}
 */
function required(element, kind, wanted) {
  if (element instanceof kind) return element;
  throw new Error(`The page's HTML has no ${kind.name} for ${wanted}`);
}
