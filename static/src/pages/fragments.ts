/** Parts of a page that other rooms make: `<div data-fragment="address">` is filled from there. */
import { h } from '../shared/dom';
import { problemOf } from '../shared/http';

/** Fill every place, then let `mount` bring what came to life. */
export async function fillFragments(mount: (place: HTMLElement) => void): Promise<void> {
  const places = [...document.querySelectorAll<HTMLElement>('[data-fragment]')];
  await Promise.all(places.map((place) => fill(place).then(() => mount(place))));
}

async function fill(place: HTMLElement): Promise<void> {
  try {
    const response = await fetch(place.dataset['fragment']!, { credentials: 'same-origin' });
    const text = await response.text();
    if (!response.ok) throw problemOf(response.status, text);
    // Our own server's template, everything in it escaped there.
    const page = new DOMParser().parseFromString(text, 'text/html');
    place.replaceChildren(...page.body.childNodes);
  } catch (error) {
    const sentence =
      error instanceof TypeError ? problemOf(0, '').message : (error as Error).message;
    place.replaceChildren(h('p', { class: 'notice notice--danger', role: 'alert' }, sentence));
  }
}
