/**
 * Asking back without a dialog: a button with `data-confirm` first turns into its own question.
 *
 * The first press shows the question beside the button and arms it for a few seconds; only a second
 * press acts. Works for submit buttons of any form.
 */
import { h } from '../shared/dom';

const ARMED_MS = 6000;

export function setUpConfirm(): void {
  document.addEventListener(
    'click',
    (event) => {
      const target = event.target instanceof Element ? event.target : null;
      const asked = target?.closest<HTMLElement>('[data-confirm]');
      if (!asked || asked.dataset['armed']) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      arm(asked);
    },
    { capture: true },
  );
}

function arm(asked: HTMLElement): void {
  const question = h(
    'span',
    { class: 'confirm-question', role: 'status' },
    asked.dataset['confirm'],
  );
  asked.dataset['armed'] = '1';
  asked.classList.add('is-armed');
  asked.after(question);
  const disarm = (): void => {
    delete asked.dataset['armed'];
    asked.classList.remove('is-armed');
    question.remove();
  };
  setTimeout(disarm, ARMED_MS);
}
