/**
 * Texts through Django's JavaScript catalogue (`/jsi18n/`), which defines `gettext` and `ngettext`
 * on the window. Without a catalogue (tests) texts stay as they are.
 */
interface Catalogue {
  gettext?: (message: string) => string;
  ngettext?: (singular: string, plural: string, count: number) => string;
}

const catalogue = globalThis as Catalogue;

/** The text in the page's language. Call it at run time, never while a module loads. */
export function gettext(message: string): string {
  return catalogue.gettext?.(message) ?? message;
}

/** The text for a count in the page's language. */
export function ngettext(singular: string, plural: string, count: number): string {
  return catalogue.ngettext?.(singular, plural, count) ?? (count === 1 ? singular : plural);
}

/** Fill `%(name)s` in a translated text. */
export function fill(message: string, values: Record<string, string | number>): string {
  return message.replace(/%\((\w+)\)s/g, (whole, name: string) => String(values[name] ?? whole));
}
