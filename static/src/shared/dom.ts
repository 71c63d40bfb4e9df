/** Building and finding elements. No markup strings, so nothing that came from a file is parsed. */

export type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined>;

function apply(element: Element, attributes: Attributes, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) if (child) element.append(child);
}

/** An HTML element with attributes (true sets it empty, false and null leave it out). */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  apply(element, attributes, children);
  return element;
}

/** An SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  apply(element, attributes, children);
  return element;
}

/** A push button; `attributes` may add classes and ARIA states. */
export function button(
  label: string,
  onClick: (event: MouseEvent) => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const element = h('button', { type: 'button', class: 'button', ...attributes }, label);
  element.addEventListener('click', onClick);
  return element;
}

/** The first match; throws when the page lacks it, because then page and script do not fit. */
export function need<T extends Element>(selector: string, root: ParentNode = document): T {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

/** A data attribute that has to be there. */
export function needData(element: HTMLElement, name: string): string {
  const value = element.dataset[name];
  if (!value) throw new Error(`#${element.id} has no data-${name}`);
  return value;
}

/** JSON that Django's `json_script` left in the page. */
export function pageJson<T>(id: string): T {
  return JSON.parse(need<HTMLScriptElement>(`#${id}`).textContent || 'null') as T;
}

/** Whether typing into the element is meant for it and not for a shortcut. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return true;
  const clickable = ['button', 'checkbox', 'radio', 'range', 'submit', 'reset', 'file'];
  return target instanceof HTMLInputElement && !clickable.includes(target.type);
}

/** Run `start` as soon as the document is parsed. */
export function whenReady(start: () => void): void {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
}
