const ESC = String.fromCodePoint(0x1b);
const BEL = String.fromCodePoint(0x07);
const C1_CSI = String.fromCodePoint(0x9b);
const C1_OSC = String.fromCodePoint(0x9d);

/** Whole sequences, so that no remains of them are shown; what they miss loses its control character below. */
const SEQUENCES = new RegExp(
  [
    String.raw`(?:${ESC}\[|${C1_CSI})[0-?]*[ -/]*[@-~]?`,
    String.raw`(?:${ESC}[\]PX^_]|${C1_OSC})[^${BEL}${ESC}]*(?:${BEL}|${ESC}\\)?`,
    `${ESC}[ -/]*[0-~]?`,
  ].join('|'),
  'gu',
);

/** Controls (C0, DEL, C1), invisible and direction marks, halves of characters, separators of lines. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text of others for a terminal: on one line, and unable to move the cursor, colour, or turn the direction of reading. */
export const plain = (text: string): string =>
  text
    .replace(SEQUENCES, '')
    .replace(/[\t\n\r]+/g, ' ')
    .replace(UNSEEN, '');

/** The same, cut where it is long. */
export function shorten(text: string, maxLength: number): string {
  const clean = plain(text);
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
