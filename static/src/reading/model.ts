/** Questions and answers of a reading; pure. The server checks all of it again. */

export interface Question {
  id: string;
  kind: 'single' | 'slider' | 'ordinal' | 'text';
  text: string;
  choices: readonly string[];
  min: number | null;
  max: number | null;
  required: boolean;
  role: string | null;
}

/** An answer that stands for the whole case, e.g. "no lesion". */
export interface Exception {
  value: string;
  text: string;
  needs_reason: boolean;
}

/** What the server says when a reading is opened: `opened_json` of readerstudy/blinding. */
export interface OpenedReading {
  reading: { id: string; code: string; n: number; total: number; period: number; ai: boolean };
  questions: readonly Question[];
  exceptions: readonly Exception[];
  draft: { answers: Answers; revision: number };
  images_url: string;
  ai_url: string | null;
  events_url: string;
  draft_url: string;
  commit_url: string;
}

export type Answer = string | number;
export type Answers = Readonly<Record<string, Answer>>;

/** Key of the reason given with an exception. */
export const REASON = 'reason';

const decisions = (questions: readonly Question[]): Question[] =>
  questions.filter(({ role }) => role === 'decision');

/** The exception that is chosen, if any. */
export function chosenException(
  questions: readonly Question[],
  exceptions: readonly Exception[],
  answers: Answers,
): Exception | undefined {
  const given = decisions(questions).map(({ id }) => answers[id]);
  return exceptions.find(({ value }) => given.includes(value));
}

/** Give or take back (undefined) the answer to a question. */
export function withAnswer(answers: Answers, id: string, value: Answer | undefined): Answers {
  const rest = Object.fromEntries(Object.entries(answers).filter(([key]) => key !== id));
  return value === undefined || value === '' ? rest : { ...rest, [id]: value };
}

/**
 * Choose an exception for the whole case, or take the chosen one back.
 *
 * It stands as the answer to every decision; answers to other questions are kept, so that a slip
 * loses nothing.
 */
export function toggleException(
  questions: readonly Question[],
  answers: Answers,
  { value }: Exception,
): Answers {
  const asked = decisions(questions);
  const on = asked.some(({ id }) => answers[id] === value);
  return asked.reduce((kept, { id }) => withAnswer(kept, id, on ? undefined : value), answers);
}

/** Ids of what is still to be answered, in order; `REASON` stands for a missing reason. */
export function missing(
  questions: readonly Question[],
  exceptions: readonly Exception[],
  answers: Answers,
): string[] {
  const exception = chosenException(questions, exceptions, answers);
  if (exception) return exception.needs_reason && !answers[REASON] ? [REASON] : [];
  return questions
    .filter(({ id, required }) => required && answers[id] === undefined)
    .map(({ id }) => id);
}

/** What is committed: with an exception only the decisions and the reason, else all answers. */
export function toCommit(
  questions: readonly Question[],
  exceptions: readonly Exception[],
  answers: Answers,
): Answers {
  const exception = chosenException(questions, exceptions, answers);
  const kept = exception
    ? [...decisions(questions).map(({ id }) => id), REASON]
    : questions.map(({ id }) => id);
  return Object.fromEntries(Object.entries(answers).filter(([id]) => kept.includes(id)));
}

/** The choice a digit key means: the choice that is this digit, else the one in this place. */
export function choiceForDigit(choices: readonly string[], digit: string): string | undefined {
  return choices.includes(digit) ? digit : choices[Number(digit) - 1];
}

/** A number typed digit by digit on a slider; starts anew when it would leave the range. */
export function typeDigit(
  typed: string,
  digit: string,
  { min, max }: Pick<Question, 'min' | 'max'>,
): string {
  const longer = typed + digit;
  const fits = Number(longer) <= (max ?? 100) && Number(longer) >= (min ?? 0);
  return fits && !/^0\d/.test(longer) ? longer : digit;
}
