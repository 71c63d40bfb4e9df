/** The reading page, on `<section id="reading" data-worklist-url>` with JSON in `#reading-data`. */
import { button, h, needData, pageJson } from '../shared/dom';
import { emit, on } from '../shared/events';
import { Problem } from '../shared/http';
import { fill, gettext } from '../shared/i18n';
import { chordOf, listenToKeys, type Command } from '../shared/keymap';
import { commit, commitKey } from './commit';
import { Draft, type SaveState } from './draft';
import { ReadingForm } from './form';
import { toCommit, type Answers, type OpenedReading } from './model';
import { Timing } from './timing';

/** The second Enter counts only after this, so that one long press cannot commit. */
const SUMMARY_MS = 400;

export class ReadingPage {
  private readonly opened = pageJson<OpenedReading>('reading-data');
  private readonly form = new ReadingForm(this.opened, (answers) => this.changed(answers));
  private readonly draft: Draft;
  private readonly timing = new Timing(this.opened.events_url);
  private readonly line = h('output', { class: 'reading-form__line', 'aria-live': 'polite' });
  private readonly saved = h('span', { class: 'reading-form__saved' });
  private readonly next = button('', () => void this.advance(), {
    class: 'button button--primary',
  });
  private readonly back = button(gettext('Change'), () => this.leaveSummary());
  private readonly pauseButton = button(gettext('Pause'), () => this.togglePause());
  private summaryAt = 0;
  private committing = false;
  private paused = false;

  constructor(private readonly root: HTMLElement) {
    const { reading } = this.opened;
    this.draft = new Draft({
      opened: this.opened,
      onState: (state, sentence) => this.showSaved(state, sentence),
    });
    const place = fill(gettext('%(n)s of %(total)s'), { n: reading.n, total: reading.total });
    root.replaceChildren(
      h(
        'header',
        { class: 'reading-form__head' },
        h('h2', {}, reading.code),
        h('span', { class: 'quiet' }, place),
        this.pauseButton,
      ),
      this.form.root,
      h(
        'footer',
        { class: 'reading-form__foot' },
        this.line,
        h('div', { class: 'reading-form__actions' }, this.saved, this.back, this.next),
      ),
    );
    this.form.show(this.draft.answers);
    this.showSaved('saved');
    this.showSummary(false);
    this.offerAside();
    this.listen();
  }

  private listen(): void {
    on('rr:images-loaded', () => this.timing.reportOnce('images_loaded'));
    // Back from signing in again in another tab: what was refused is tried once more.
    window.addEventListener('focus', () => void this.draft.flush());
    on('rr:interaction', () => this.timing.reportOnce('first_interaction'));
    this.root.addEventListener('focusin', () => this.timing.reportOnce('first_interaction'));
    listenToKeys(this.commands());
    // Enter belongs to the form wherever the focus is, except in the lines of a text.
    this.root.addEventListener('keydown', (event) => {
      const inText = event.target instanceof HTMLTextAreaElement;
      const enter = chordOf(event) === (inText ? 'Ctrl+Enter' : 'Enter');
      const onButton = event.target instanceof Element && event.target.matches('.button');
      if (!enter || onButton || event.repeat) return;
      event.preventDefault();
      void this.advance();
    });
    on('rr:collect-keys', ({ sections }) => {
      sections.unshift({ title: gettext('Answers'), rows: keyRows() });
    });
  }

  private commands(): Command[] {
    const digits = [...'0123456789'].map((digit) => ({
      keys: [digit],
      label: '',
      run: () => void this.form.digit(digit),
    }));
    return [
      ...digits,
      { keys: ['Enter'], label: '', run: () => void this.advance() },
      { keys: ['Escape'], label: '', run: () => this.leaveSummary() },
      { keys: ['n'], label: '', run: () => this.form.toggleException(0) },
      { keys: ['x'], label: '', run: () => this.form.toggleException(1) },
      { keys: ['Alt+P'], label: '', run: () => this.togglePause() },
    ];
  }

  private changed(answers: Answers): void {
    this.line.textContent = '';
    this.draft.change(answers);
  }

  /** Enter: to the first gap, then to the summary, then commit. */
  private async advance(): Promise<void> {
    if (this.committing || this.paused) return;
    const gap = this.form.firstMissing();
    if (gap !== undefined) {
      if (this.form.showsSummary) this.showSummary(false);
      this.line.textContent = fill(gettext('Still to be answered: %(question)s'), {
        question: gap,
      });
      return;
    }
    if (!this.form.showsSummary) this.showSummary(true);
    else if (performance.now() - this.summaryAt > SUMMARY_MS) await this.commit();
  }

  private leaveSummary(): void {
    if (!this.committing && this.form.showsSummary) this.showSummary(false);
  }

  private showSummary(shown: boolean): void {
    if (shown !== this.form.showsSummary) this.form.showSummary(shown);
    this.summaryAt = performance.now();
    this.line.textContent = '';
    this.back.hidden = !shown;
    this.next.textContent = shown ? gettext('Commit') : gettext('Review');
  }

  private async commit(): Promise<void> {
    const { questions, exceptions, reading, commit_url } = this.opened;
    this.committing = true;
    this.next.disabled = this.back.disabled = true;
    this.line.textContent = gettext('Committing …');
    try {
      await this.draft.flush();
      await this.timing.flush();
      this.timing.hold(true);
      const answers = toCommit(questions, exceptions, this.draft.answers);
      const done = await commit(commit_url, answers, commitKey(reading.id), () => {
        this.line.textContent = gettext('Not committed yet: the line is lost. Trying again.');
      });
      this.draft.finish();
      window.location.assign(done.next?.url ?? needData(this.root, 'worklistUrl'));
    } catch (error) {
      this.committing = false;
      this.timing.hold(false);
      this.next.disabled = this.back.disabled = false;
      this.line.textContent = error instanceof Error ? error.message : String(error);
      if (error instanceof Problem && error.code === 'already_committed') this.offerWorklist();
    }
  }

  /** Another window saved first: its answers are shown, and those that were not saved offered. */
  private offerAside(): void {
    if (!this.draft.aside) return;
    const take = button(gettext('Take the unsaved ones'), () => {
      this.form.show(this.draft.takeAside());
      this.line.textContent = '';
    });
    const sentence = gettext('These answers were saved in another window; others are not saved.');
    this.line.replaceChildren(sentence, ' ', take);
  }

  private offerWorklist(): void {
    const href = needData(this.root, 'worklistUrl');
    this.draft.finish();
    this.line.append(' ', h('a', { href }, gettext('Open the worklist')));
  }

  private togglePause(): void {
    if (this.committing) return;
    this.paused = !this.paused;
    emit('rr:pause', { paused: this.paused });
    this.timing.report(this.paused ? 'pause' : 'resume');
    this.form.root.inert = this.paused;
    this.root.classList.toggle('is-paused', this.paused);
    this.next.disabled = this.paused;
    this.pauseButton.textContent = this.paused ? gettext('Go on') : gettext('Pause');
    this.line.textContent = this.paused ? gettext('Paused: the images are hidden.') : '';
  }

  private showSaved(state: SaveState, sentence = ''): void {
    const texts: Record<SaveState, string> = {
      saved: gettext('Draft saved'),
      changed: gettext('Saving …'),
      saving: gettext('Saving …'),
      offline: gettext('Line lost: kept in this browser'),
      conflict: gettext('Not saved'),
      refused: gettext('Not saved'),
    };
    this.saved.textContent = texts[state];
    this.saved.dataset['state'] = state;
    if (sentence) this.line.textContent = sentence;
  }
}

function keyRows(): { keys: string; label: string }[] {
  return [
    { keys: '1 … 9', label: gettext('Choose an answer; on a slider type the number') },
    { keys: 'Tab', label: gettext('Next question') },
    { keys: 'n', label: gettext('No lesion') },
    { keys: 'x', label: gettext('Can’t assess') },
    { keys: 'Enter', label: gettext('Review, then commit') },
    { keys: 'Esc', label: gettext('Back to the questions') },
    { keys: 'Alt+P', label: gettext('Pause: hides the images') },
  ];
}
