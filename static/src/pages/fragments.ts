/** Parts of a page that other rooms make: `<div data-fragment="address">` is filled from there. */
import { h } from '../shared/dom';
import { on } from '../shared/events';
import { problemOf } from '../shared/http';

/** How long the images may keep the rest of the page waiting. */
const PATIENCE_MS = 3000;

/** Fill every place once the first image is there, then let `mount` bring what came to life. */
export async function fillFragments(mount: (place: HTMLElement) => void): Promise<void> {
  const places = [...document.querySelectorAll<HTMLElement>('[data-fragment]')];
  if (document.querySelector('#viewer')) await firstImage();
  await Promise.all(places.map((place) => fill(place).then(() => mount(place))));
}

function firstImage(): Promise<void> {
  return new Promise((resolve) => {
    on('rr:first-image', () => resolve());
    setTimeout(resolve, PATIENCE_MS);
  });
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
