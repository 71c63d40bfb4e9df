/** Contrast phases: their order in time and the words for them. */
import { gettext } from './i18n';

export type ContrastPhase =
  | 'non_contrast'
  | 'arterial'
  | 'portal_venous'
  | 'delayed'
  | 'hepatobiliary';

const ORDER: readonly ContrastPhase[] = [
  'non_contrast',
  'arterial',
  'portal_venous',
  'delayed',
  'hepatobiliary',
];

/** Place in time; unknown phases come last. */
export function phaseRank(phase: ContrastPhase | null): number {
  return phase === null ? ORDER.length : ORDER.indexOf(phase);
}

/** The word for a phase. */
export function phaseName(phase: ContrastPhase | null): string {
  switch (phase) {
    case 'non_contrast':
      return gettext('Non-contrast');
    case 'arterial':
      return gettext('Arterial');
    case 'portal_venous':
      return gettext('Portal venous');
    case 'delayed':
      return gettext('Delayed');
    case 'hepatobiliary':
      return gettext('Hepatobiliary');
    case null:
      return gettext('Phase unknown');
  }
}
