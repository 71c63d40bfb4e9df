/** Names in pictures: draw over them in the viewer, then have them blackened. */
import { emit, on } from '../shared/events';
import { fill, ngettext } from '../shared/i18n';
import { need } from '../shared/dom';

/** On `<form data-cover>` with a hidden field and two buttons; the server does the rest. */
export function setUpNames(root: ParentNode = document): void {
  const form = root.querySelector<HTMLFormElement>('form[data-cover]');
  if (!form) return;
  const field = need<HTMLInputElement>('input[name=rectangles]', form);
  const apply = need<HTMLButtonElement>('[data-cover-apply]', form);
  need('[data-cover-draw]', form).addEventListener('click', () => emit('rr:cover', {}));
  on('rr:covered', ({ rectangles }) => {
    const count = Object.values(rectangles).flat().length;
    field.value = JSON.stringify(rectangles);
    apply.hidden = count === 0;
    apply.textContent = fill(ngettext('Blacken %(n)s place', 'Blacken %(n)s places', count), {
      n: count,
    });
  });
}
