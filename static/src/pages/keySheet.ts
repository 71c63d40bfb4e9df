/** The key sheet: `?` or any `[data-open-keys]` opens it, every component adds its own section. */
import { h } from '../shared/dom';
import { emit, type KeySection } from '../shared/events';
import { gettext } from '../shared/i18n';
import { belongsToControl, chordOf } from '../shared/keymap';

function section({ title, rows }: KeySection): HTMLElement {
  const lines = rows.flatMap(({ keys, label }) => [
    h('dt', {}, ...keys.split('  ').map((key) => h('kbd', {}, key))),
    h('dd', {}, label),
  ]);
  return h('section', {}, h('h3', {}, title), h('dl', { class: 'key-sheet__keys' }, ...lines));
}

function sheet(): HTMLDialogElement {
  const sections: KeySection[] = [];
  emit('rr:collect-keys', { sections });
  sections.push({
    title: gettext('Everywhere'),
    rows: [
      { keys: '?', label: gettext('This sheet') },
      { keys: 'Esc', label: gettext('Close') },
    ],
  });
  const close = h('button', { class: 'button', autofocus: true }, gettext('Close'));
  const dialog = h(
    'dialog',
    { class: 'key-sheet', 'aria-labelledby': 'key-sheet-title' },
    h('header', {}, h('h2', { id: 'key-sheet-title' }, gettext('Keys')), close),
    h('div', { class: 'key-sheet__sections' }, ...sections.map(section)),
  );
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('keydown', (event) => {
    if (chordOf(event) === '?') dialog.close();
    event.stopPropagation();
  });
  dialog.addEventListener('close', () => dialog.remove());
  return dialog;
}

export function setUpKeySheet(): void {
  const open = (): void => {
    if (document.querySelector('.key-sheet')) return;
    const dialog = sheet();
    document.body.append(dialog);
    dialog.showModal();
  };
  document.addEventListener('keydown', (event) => {
    const chord = chordOf(event);
    if (chord !== '?' || event.defaultPrevented || belongsToControl(event.target, chord)) return;
    event.preventDefault();
    open();
  });
  document.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-open-keys]')) open();
  });
}
