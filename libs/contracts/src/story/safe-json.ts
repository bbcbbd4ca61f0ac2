/** What JSON lets stand as it is, and a terminal or a reader may not: DEL, C1, direction and invisible marks, line separators. */
const UNSEEN = /[\u007F-\u009F\p{Cf}\u2028\u2029]/gu;

const escapeUnits = (text: string): string =>
  text
    .split('')
    .map((unit) => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** JSON of the same meaning that is safe to look at. */
export const toSafeJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(UNSEEN, escapeUnits);
