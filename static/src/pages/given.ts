/** Puts back what a refused form held: the pairs of name and value that the server left in `#given`. */
import { need, pageJson } from '../shared/dom';

type Pair = readonly [name: string, value: string];

export function setUpGiven(): void {
  if (!document.querySelector('#given')) return;
  const values = new Map<string, string[]>();
  for (const [name, value] of pageJson<Pair[]>('given'))
    values.set(name, [...(values.get(name) ?? []), value]);
  for (const control of need<HTMLFormElement>('main form').elements) putBack(control, values);
}

/** Several controls of one name take its values in turn; boxes are ticked where theirs is among them. */
function putBack(control: Element, values: Map<string, string[]>): void {
  const isInput = control instanceof HTMLInputElement;
  if (isInput && ['checkbox', 'radio'].includes(control.type))
    control.checked = values.get(control.name)?.includes(control.value) ?? false;
  else if (
    (isInput && control.type !== 'hidden') ||
    control instanceof HTMLSelectElement ||
    control instanceof HTMLTextAreaElement
  )
    control.value = values.get(control.name)?.shift() ?? control.value;
}
