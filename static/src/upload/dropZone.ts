/** The place to drop files on; it fills the page, and buttons do the same for the keyboard. */
import { button, h } from '../shared/dom';
import { gettext } from '../shared/i18n';
import { fromDrop, fromField } from './collect';
import type { TarSource } from './tar';

export class DropZone {
  readonly root = h('section', { class: 'drop-zone' });
  private readonly line = h('output', { class: 'drop-zone__line', 'aria-live': 'polite' });
  private readonly open = h('div', { class: 'drop-zone__open' });
  private readonly checked = h('input', { type: 'checkbox', id: 'pixels-checked' });

  private readonly pictures = h(
    'select',
    { id: 'pictures-are', class: 'select--small' },
    h('option', { value: 'OT' }, gettext('CT or MR slices')),
    h('option', { value: 'US' }, gettext('Ultrasound')),
  );

  constructor(private readonly onFiles: (files: TarSource[]) => void) {
    const folder = this.field({ webkitdirectory: true });
    const files = this.field({ multiple: true });
    this.root.append(
      h('h2', {}, gettext('Drop a folder, a ZIP or image files here')),
      h(
        'p',
        { class: 'quiet' },
        gettext(
          'DICOM, folders of pictures (JPEG, PNG, BMP), videos (MP4, MPEG, AVI). Names and dates in headers are taken out before storing.',
        ),
      ),
      h(
        'div',
        { class: 'row' },
        button(gettext('Choose a folder'), () => folder.click(), {
          class: 'button button--primary button--large',
        }),
        button(gettext('Choose files'), () => files.click(), { class: 'button button--large' }),
      ),
      folder,
      files,
      h(
        'label',
        { class: 'row', for: 'pictures-are' },
        gettext('Pictures without DICOM are'),
        this.pictures,
      ),
      h(
        'label',
        { class: 'row', for: 'pixels-checked' },
        this.checked,
        gettext(
          'I have looked at pictures, videos, ultrasound and screen captures: no name shows in any.',
        ),
      ),
      this.line,
      this.open,
    );
    this.listen();
  }

  /** Whether the user has confirmed that no name shows in any picture. */
  get pixelsChecked(): boolean {
    return this.checked.checked;
  }

  /** What pictures without DICOM are, as the server names it. */
  get picturesAre(): string {
    return this.pictures.value;
  }

  say(sentence: string): void {
    this.line.textContent = sentence;
  }

  /** Tell of uploads that stopped, how to go on with them, and how to give them up. */
  unfinished(stopped: readonly { sentence: string; giveUp: () => void }[]): void {
    this.open.replaceChildren(
      ...stopped.map(({ sentence, giveUp }) => {
        const face = button(gettext('Give it up'), giveUp, {
          class: 'button button--small',
          'data-confirm': gettext('Its bytes are destroyed. Press again.'),
        });
        const hint = gettext('Choose the same files again to go on.');
        return h('div', { class: 'notice row' }, h('span', {}, `${sentence} ${hint}`), face);
      }),
    );
  }

  private field(attributes: Record<string, boolean>): HTMLInputElement {
    const field = h('input', { type: 'file', hidden: true, 'aria-hidden': 'true', ...attributes });
    field.addEventListener('change', () => {
      if (field.files) this.onFiles(fromField(field.files));
      field.value = '';
    });
    return field;
  }

  private listen(): void {
    let depth = 0;
    const hover = (over: boolean): void => {
      this.root.classList.toggle('is-over', over);
    };
    document.addEventListener('dragenter', () => hover((depth += 1) > 0));
    document.addEventListener('dragleave', () => hover((depth = Math.max(0, depth - 1)) > 0));
    document.addEventListener('dragover', (event) => event.preventDefault());
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      depth = 0;
      hover(false);
      if (this.root.hidden || !event.dataTransfer) return;
      fromDrop(event.dataTransfer).then(this.onFiles, () =>
        this.say(gettext('What you dropped could not be read. Use the buttons instead.')),
      );
    });
  }
}
