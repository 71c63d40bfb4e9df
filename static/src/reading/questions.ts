/** One question as an element; each kind knows how to show an answer and what a digit means. */
import { className } from '../ai/names';
import { h } from '../shared/dom';
import { fill, gettext } from '../shared/i18n';
import { choiceForDigit, typeDigit, type Answer, type Question } from './model';

export interface Field {
  readonly root: HTMLElement;
  /** Show an answer without reporting it. */
  set: (answer: Answer | undefined) => void;
  /** Take a digit key; false when it means nothing here. */
  digit: (digit: string) => boolean;
  focus: () => void;
  disable: (disabled: boolean) => void;
}

type OnAnswer = (value: Answer | undefined) => void;

/** The field for a question; `onAnswer` hears of what the user does. */
export function fieldFor(question: Question, onAnswer: OnAnswer): Field {
  switch (question.kind) {
    case 'single':
    case 'ordinal':
      return choiceField(question, onAnswer);
    case 'slider':
      return sliderField(question, onAnswer);
    case 'text':
      return textField(question, onAnswer);
  }
}

function frame(question: Question, ...content: HTMLElement[]): HTMLElement {
  const id = `question-${question.id}`;
  const optional = !question.required && h('span', { class: 'quiet' }, ` ${gettext('(optional)')}`);
  return h(
    'div',
    { class: 'question', role: 'group', 'aria-labelledby': id, 'data-question': question.id },
    h('h3', { class: 'question__text', id }, question.text, optional),
    ...content,
  );
}

/**
 * Buttons in a radio group with one tab stop. Arrow keys are left to the images on purpose: an
 * answer should not change because somebody meant to scroll.
 */
function choiceField(question: Question, onAnswer: OnAnswer): Field {
  const { choices, kind } = question;
  let chosen: Answer | undefined;
  const buttons = choices.map((choice, i) => {
    const name = className(choice);
    const one = h(
      'button',
      { type: 'button', class: 'choice', role: 'radio', 'aria-checked': 'false', title: name },
      kind === 'single' && h('kbd', { 'aria-hidden': 'true' }, String(i + 1)),
      h('span', { class: 'choice__name' }, kind === 'single' && choice.length > 4 ? name : choice),
    );
    one.addEventListener('click', () => onAnswer(chosen === choice ? undefined : choice));
    return one;
  });
  const stop = (): HTMLButtonElement => buttons.find((one) => one.tabIndex === 0)!;
  const set = (answer: Answer | undefined): void => {
    chosen = answer;
    buttons.forEach((one, i) => {
      one.setAttribute('aria-checked', String(choices[i] === answer));
      one.tabIndex = i === Math.max(0, choices.indexOf(String(answer))) ? 0 : -1;
    });
    // The focus stays on the tab stop, so that one Tab always leads to the next question.
    if (buttons.some((one) => one === document.activeElement)) stop().focus();
  };
  set(undefined);
  const group = h('div', { class: `choices-${kind}`, role: 'radiogroup' }, ...buttons);
  group.setAttribute('aria-label', question.text);
  return {
    root: frame(question, group),
    set,
    digit: (digit) => {
      const choice = choiceForDigit(choices, digit);
      if (choice === undefined) return false;
      onAnswer(choice);
      return true;
    },
    focus: () => stop().focus(),
    disable: (disabled) => buttons.forEach((one) => (one.disabled = disabled)),
  };
}

/** A slider that shows no value until one is given, so that its resting place suggests nothing. */
function sliderField(question: Question, onAnswer: OnAnswer): Field {
  const [min, max] = [question.min ?? 0, question.max ?? 100];
  const range = h('input', { type: 'range', min, max, step: 1, class: 'slider is-unset' });
  const figure = h('output', { class: 'slider__value' }, '–');
  let typed = '';
  let typedAt = 0;
  const set = (answer: Answer | undefined): void => {
    range.classList.toggle('is-unset', answer === undefined);
    range.value = String(answer ?? (min + max) / 2);
    figure.textContent = answer === undefined ? '–' : String(answer);
    range.setAttribute(
      'aria-valuetext',
      answer === undefined ? gettext('not answered') : String(answer),
    );
  };
  set(undefined);
  range.setAttribute('aria-label', question.text);
  range.addEventListener('input', () => onAnswer(Number(range.value)));
  // A click on the resting place changes nothing for the browser, but it is an answer.
  range.addEventListener('pointerup', () => onAnswer(Number(range.value)));
  const ends = h(
    'div',
    { class: 'slider__ends quiet' },
    h('span', {}, String(min)),
    h('span', {}, String(max)),
  );
  return {
    root: frame(question, h('div', { class: 'slider__row' }, range, figure), ends),
    set,
    digit: (digit) => {
      const now = performance.now();
      typed = typeDigit(now - typedAt < 1500 ? typed : '', digit, question);
      typedAt = now;
      if (Number(typed) >= min && Number(typed) <= max) onAnswer(Number(typed));
      return true;
    },
    focus: () => range.focus(),
    disable: (disabled) => (range.disabled = disabled),
  };
}

function textField(question: Question, onAnswer: OnAnswer): Field {
  const area = h('textarea', { rows: 3, maxlength: 4000, 'aria-label': question.text });
  area.addEventListener('input', () => onAnswer(area.value));
  return {
    root: frame(question, area),
    set: (answer) => {
      if (document.activeElement !== area) area.value = String(answer ?? '');
    },
    digit: () => false,
    focus: () => area.focus(),
    disable: (disabled) => (area.disabled = disabled),
  };
}

/** An answer as the summary writes it. */
export function answerText(question: Question, answer: Answer | undefined): string {
  if (answer === undefined) return gettext('not answered');
  if (question.kind === 'slider')
    return fill(gettext('%(value)s of %(max)s'), { value: answer, max: question.max ?? 100 });
  return question.kind === 'text' ? String(answer) : className(String(answer));
}
