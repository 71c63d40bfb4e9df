/** The systems that may be run on a case, and what each takes from the person who runs it. */
import type { DrawnBox } from '../shared/events';
import { fill, gettext } from '../shared/i18n';
import type { FrameOutline } from '../viewer/outlines';
import type { RunRequest } from './run';

export type Need = 'none' | 'optional' | 'required';

export interface MarkNeeds {
  box: Need;
  outline: Need;
  background: Need;
  most_outlines: number;
}

export interface SystemChoice {
  system: string;
  name: string;
  title: string;
  images: 'volumes' | 'stills' | 'cine';
  marks: MarkNeeds;
}

/** What has been marked on the images so far. */
export interface Marked {
  box: DrawnBox | null;
  outlines: readonly FrameOutline[];
}

/** What is still to be marked before a run, or may be; empty when nothing is taken. */
export function marksHint({ marks }: SystemChoice, { box, outlines }: Marked): string {
  if (marks.outline !== 'none') return outlineHint(marks, outlines);
  if (marks.box === 'required' && !box)
    return gettext('Draw a box around the lesion first (key b).');
  if (marks.box === 'optional' && !box)
    return gettext('Finds lesions itself; a box that you draw (key b) goes first.');
  return '';
}

function outlineHint(marks: MarkNeeds, outlines: readonly FrameOutline[]): string {
  const drawn = outlines.filter(({ lesion }) => lesion);
  if (drawn.length === 0)
    return marks.most_outlines > 1
      ? fill(gettext('Outline the lesion on 1 to %(n)s images first (key g).'), {
          n: marks.most_outlines,
        })
      : gettext('Outline the lesion on one frame first (key g), where it is largest.');
  if (marks.background === 'required' && drawn.some(({ background }) => !background))
    return gettext('Outline liver beside the lesion on the same image too (key h).');
  if (marks.background === 'optional' && drawn.some(({ background }) => !background))
    return gettext('Liver beside the lesion may be outlined too (key h).');
  return '';
}

/** The request for a run: marks that the system takes, and none that it does not. */
export function runRequest(choice: SystemChoice, { box, outlines }: Marked): RunRequest {
  const { marks, system } = choice;
  const lesions = marks.box !== 'none' && box ? [box] : [];
  const drawn = marks.outline === 'none' ? [] : outlines.flatMap((one) => asTaken(one, marks));
  return {
    system,
    ...(lesions.length > 0 && {
      lesions: lesions.map(({ centre_mm, size_mm }) => ({ centre_mm, size_mm })),
    }),
    ...(drawn.length > 0 && { outlines: drawn }),
  };
}

function asTaken(
  { series, frame, lesion, background }: FrameOutline,
  marks: MarkNeeds,
): NonNullable<RunRequest['outlines']> {
  if (!lesion) return [];
  return [{ series, frame, lesion, background: marks.background === 'none' ? null : background }];
}
