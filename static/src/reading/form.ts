/** The answer form: questions, exceptions, and a summary in the same place before committing. */
import { button, h } from '../shared/dom';
import { gettext } from '../shared/i18n';
import {
  chosenException,
  missing,
  REASON,
  toggleException,
  withAnswer,
  type Answer,
  type Answers,
  type Exception,
  type OpenedReading,
  type Question,
} from './model';
import { answerText, fieldFor, type Field } from './questions';

const REASON_QUESTION: Omit<Question, 'text'> = {
  id: REASON,
  kind: 'text',
  choices: [],
  min: null,
  max: null,
  required: true,
  role: null,
};

export class ReadingForm {
  readonly root = h('div', { class: 'reading-form__body' });
  private readonly fields = new Map<string, Field>();
  private readonly asked: HTMLElement;
  private readonly summary = h('div', {
    class: 'reading-form__summary',
    tabindex: -1,
    hidden: true,
  });
  private readonly exceptionButtons = new Map<Exception, HTMLButtonElement>();
  private readonly reason: Field;
  private answers: Answers = {};
  /** The question that digits go to: the one focused last, also while the images have the focus. */
  private current: string;

  constructor(
    private readonly opened: OpenedReading,
    private readonly onChange: (answers: Answers) => void,
  ) {
    const { questions, exceptions } = opened;
    this.current = questions[0]?.id ?? '';
    for (const question of questions)
      this.fields.set(
        question.id,
        fieldFor(question, (value) => this.answer(question.id, value)),
      );
    const why = { ...REASON_QUESTION, text: gettext('Why can’t it be assessed?') };
    this.reason = fieldFor(why, (value) => this.answer(REASON, value));
    this.fields.set(REASON, this.reason);
    for (const exception of exceptions)
      this.exceptionButtons.set(exception, this.exceptionButton(exception));
    this.asked = h(
      'div',
      { class: 'reading-form__questions' },
      ...questions.map(({ id }) => this.fields.get(id)!.root),
      h('div', { class: 'reading-form__exceptions' }, ...this.exceptionButtons.values()),
      this.reason.root,
    );
    this.root.append(this.asked, this.summary);
    this.asked.addEventListener('focusin', ({ target }) => {
      const question = (target as Element).closest<HTMLElement>('[data-question]');
      if (question) this.makeCurrent(question.dataset['question'] ?? '');
    });
    this.makeCurrent(this.current);
  }

  /** Show answers, e.g. of a draft. */
  show(answers: Answers): void {
    this.answers = answers;
    const { questions, exceptions } = this.opened;
    const exception = chosenException(questions, exceptions, answers);
    for (const [id, field] of this.fields) {
      const answer = answers[id];
      field.set(answer === exception?.value ? undefined : answer);
      field.disable(exception !== undefined && id !== REASON);
    }
    for (const [one, face] of this.exceptionButtons)
      face.setAttribute('aria-pressed', String(one === exception));
    this.reason.root.hidden = !exception?.needs_reason;
  }

  /** Give a digit to the current question; false when it means nothing there. */
  digit(digit: string): boolean {
    return !this.showsSummary && (this.fields.get(this.current)?.digit(digit) ?? false);
  }

  toggleException(index: number): void {
    const exception = this.opened.exceptions[index];
    if (!exception) return;
    this.take(toggleException(this.opened.questions, this.answers, exception));
    if (exception.needs_reason && !this.reason.root.hidden) this.reason.focus();
  }

  /** Focus the first question still to be answered; undefined when all are, else its text. */
  firstMissing(): string | undefined {
    const { questions, exceptions } = this.opened;
    const [id] = missing(questions, exceptions, this.answers);
    if (id === undefined) return undefined;
    this.fields.get(id)?.focus();
    return questions.find((question) => question.id === id)?.text ?? gettext('the reason');
  }

  get showsSummary(): boolean {
    return !this.summary.hidden;
  }

  /** Put the summary in the questions' place, or bring them back. */
  showSummary(shown: boolean): void {
    if (shown) this.summary.replaceChildren(...this.summaryRows());
    this.summary.hidden = !shown;
    this.asked.hidden = shown;
    if (shown) this.summary.focus();
    else this.fields.get(this.current)?.focus();
  }

  private makeCurrent(id: string): void {
    this.current = id;
    for (const [one, field] of this.fields) field.root.classList.toggle('is-current', one === id);
  }

  private answer(id: string, value: Answer | undefined): void {
    this.take(withAnswer(this.answers, id, value));
  }

  private take(answers: Answers): void {
    this.show(answers);
    this.onChange(answers);
  }

  private exceptionButton(exception: Exception): HTMLButtonElement {
    const index = this.opened.exceptions.indexOf(exception);
    return button(exception.text, () => this.toggleException(index), {
      class: 'button button--quiet',
      'aria-pressed': 'false',
    });
  }

  private summaryRows(): HTMLElement[] {
    const { questions, exceptions } = this.opened;
    const exception = chosenException(questions, exceptions, this.answers);
    const row = (term: string, value: string): HTMLElement[] => [
      h('dt', {}, term),
      h('dd', {}, value),
    ];
    const rows = exception
      ? [
          ...row(gettext('Whole case'), exception.text),
          ...(exception.needs_reason ? row(gettext('Reason'), String(this.answers[REASON])) : []),
        ]
      : questions.flatMap((question) =>
          row(question.text, answerText(question, this.answers[question.id])),
        );
    return [
      h('h3', {}, gettext('Your answers')),
      h('dl', { class: 'reading-form__answers' }, ...rows),
      h('p', { class: 'quiet' }, gettext('Enter commits for good. Esc goes back.')),
    ];
  }
}
