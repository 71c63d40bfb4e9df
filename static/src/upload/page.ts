/** The upload page, on `<div id="upload" data-endpoint data-case-url>`. */
import { button, h, needData } from '../shared/dom';
import { bytes, duration } from '../shared/format';
import { api } from '../shared/http';
import { fill, gettext, ngettext } from '../shared/i18n';
import { FileList } from './fileList';
import { completeUpload, type UploadStatus } from './ingest';
import { DropZone } from './dropZone';
import { Rate } from './rate';
import { reportView, type Report } from './report';
import { selectionOf, type Selection } from './selection';
import type { TarSource } from './tar';
import { TusUpload, UnreadableFile, type LineState } from './tus';

interface Unfinished {
  id: string;
  offset: number;
  length: number;
}

export class UploadPage {
  private readonly endpoint: string;
  private readonly zone = new DropZone((files) => void this.begin(files));
  private readonly bar = h('progress', { max: 1, value: 0 });
  private readonly title = h('h2', {});
  private readonly figures = h('p', { class: 'upload__figures' });
  private readonly line = h('output', { class: 'upload__line', 'aria-live': 'polite' });
  private readonly list = new FileList();
  private readonly rate = new Rate();
  private readonly pauseButton = button(gettext('Pause'), () => this.togglePause());
  private readonly againButton = button(gettext('Upload more'), () => this.startOver());
  private readonly work = h('section', { class: 'upload__work panel', hidden: true });
  private readonly result = h('div', { class: 'upload__report stack' });
  private upload: TusUpload | null = null;
  private selection: Selection | null = null;
  private paused = false;

  constructor(private readonly root: HTMLElement) {
    this.endpoint = needData(root, 'endpoint');
    this.bar.setAttribute('aria-label', gettext('Upload progress'));
    const head = h(
      'div',
      { class: 'upload__head' },
      this.title,
      this.pauseButton,
      this.againButton,
    );
    this.work.append(head, this.bar, this.figures, this.line, this.list.root);
    root.replaceChildren(this.zone.root, this.work, this.result);
    void this.tellUnfinished();
  }

  private async begin(files: readonly TarSource[]): Promise<void> {
    if (files.length === 0) {
      this.zone.say(gettext('There is no file in what you chose.'));
      return;
    }
    this.selection = selectionOf(files);
    this.rate.reset();
    this.result.replaceChildren();
    this.zone.root.hidden = true;
    this.work.hidden = false;
    this.list.root.hidden = false;
    this.list.show(this.selection.files);
    this.title.textContent = fill(
      ngettext('%(n)s file, %(size)s', '%(n)s files, %(size)s', files.length),
      { n: files.length, size: bytes(this.selection.size) },
    );
    this.upload = new TusUpload(this.endpoint, this.selection, {
      progress: (done) => this.progress(done),
      line: (state) => this.showLine(state),
    });
    await this.send();
  }

  private async send(): Promise<void> {
    this.buttons('sending');
    try {
      if (!(await this.upload!.run())) return;
      this.buttons('checking');
      const { url } = this.upload!;
      const { pixelsChecked, picturesAre } = this.zone;
      const how = { pixels_checked: pixelsChecked, pictures_are: picturesAre };
      this.finish(await completeUpload(url, how, (status) => this.showStatus(status)));
    } catch (error) {
      this.fail(error);
    }
  }

  private progress(done: number): void {
    const { size, filesDone } = this.selection!;
    this.rate.add(done);
    this.bar.value = size > 0 ? done / size : 1;
    this.list.mark(filesDone(done));
    const { perSecond } = this.rate;
    const values = { done: bytes(done), size: bytes(size), rate: bytes(perSecond) };
    const text = fill(gettext('%(done)s of %(size)s'), values);
    const speed = fill(gettext('%(rate)s/s'), values);
    const left = fill(gettext('%(time)s left'), { time: duration(this.rate.secondsTo(size)) });
    this.figures.textContent = perSecond > 0 ? [text, speed, left].join('  ·  ') : text;
  }

  private showLine(state: LineState): void {
    if (state !== 'sending') this.rate.reset();
    this.line.textContent = {
      sending: gettext('Sending. You can close this page and go on later with the same choice.'),
      lost: gettext('The line is lost. Trying again by itself; nothing that arrived is lost.'),
      paused: gettext('Paused.'),
    }[state];
    this.line.classList.toggle('is-lost', state === 'lost');
  }

  private showStatus(status: UploadStatus | null): void {
    this.figures.textContent =
      status && status.total > 0
        ? fill(gettext('%(n)s of %(total)s files checked'), {
            n: status.ingested,
            total: status.total,
          })
        : '';
    this.line.classList.toggle('is-lost', status === null);
    this.line.textContent = status
      ? gettext('All is sent. Checking and de-identifying …')
      : gettext('The line is lost. Trying again by itself; nothing that arrived is lost.');
    if (status) this.bar.value = status.progress;
  }

  private finish(report: Report): void {
    this.buttons('over');
    this.bar.value = 1;
    this.list.root.hidden = true;
    this.figures.textContent = '';
    this.line.textContent = gettext('Done.');
    this.result.replaceChildren(...reportView(report, needData(this.root, 'caseUrl')));
  }

  private fail(error: unknown): void {
    this.buttons('over');
    this.line.classList.add('is-lost');
    this.line.textContent =
      error instanceof UnreadableFile
        ? gettext('A file could not be read: it was moved, changed or deleted. Choose again.')
        : error instanceof Error
          ? error.message
          : String(error);
  }

  private togglePause(): void {
    this.paused = !this.paused;
    if (this.paused) this.upload?.pause();
    else void this.send();
    this.pauseButton.textContent = this.paused ? gettext('Go on') : gettext('Pause');
  }

  private buttons(state: 'sending' | 'checking' | 'over'): void {
    this.pauseButton.hidden = state !== 'sending';
    this.againButton.hidden = state !== 'over';
  }

  private startOver(): void {
    this.zone.root.hidden = false;
    this.work.hidden = true;
    this.line.classList.remove('is-lost');
    this.result.replaceChildren();
    void this.tellUnfinished();
  }

  /** After a reload the files have to be chosen again; the server knows how far they were. */
  private async tellUnfinished(): Promise<void> {
    const answer = await api<Unfinished[] | { results: Unfinished[] }>(
      `${this.endpoint}?state=open`,
    ).catch(() => []);
    const open = (Array.isArray(answer) ? answer : answer.results).filter(
      ({ offset }) => offset > 0,
    );
    this.zone.unfinished(
      open.map(({ id, offset, length }) => ({
        sentence: fill(gettext('An upload of %(size)s stopped at %(done)s.'), {
          size: bytes(length),
          done: bytes(offset),
        }),
        giveUp: () => void this.giveUp(id),
      })),
    );
  }

  private async giveUp(id: string): Promise<void> {
    try {
      await api(`${this.endpoint}${id}/`, { method: 'DELETE' });
    } catch (error) {
      this.zone.say(error instanceof Error ? error.message : String(error));
    }
    await this.tellUnfinished();
  }
}
