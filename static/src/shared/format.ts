/** Numbers as people read them. */
import { fill, gettext } from './i18n';

/** Bytes in kB, MB or GB (powers of 1000) with three figures. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = count / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toPrecision(3)} ${units[unit]}`;
}

/** A time left in seconds as "12 s", "3 min", "1 h 20 min". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 90) return fill(gettext('%(n)s s'), { n: Math.max(0, Math.round(seconds)) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return fill(gettext('%(n)s min'), { n: minutes });
  return fill(gettext('%(h)s h %(m)s min'), { h: Math.floor(minutes / 60), m: minutes % 60 });
}

/** A figure with a true minus sign. */
export const minus = (figure: string): string => figure.replace(/^-/, '−');

/**
 * A share as a whole percentage, below zero for one that speaks against; never "100 %" or "0 %"
 * for what is not exactly that.
 */
export function percent(share: number): string {
  if (share > 0 && share < 0.005) return '< 1 %';
  if (share < 0 && share > -0.005) return '> −1 %';
  if (share < 1 && share >= 0.995) return '> 99 %';
  return `${minus(String(Math.round(share * 100)))} %`;
}
