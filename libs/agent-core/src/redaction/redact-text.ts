import { PERSONAL_RULES } from './personal-patterns.ts';
import { type RedactionRule, SECRET_RULES } from './secret-patterns.ts';

export interface Redacted<T> {
  readonly value: T;
  /** How many things were replaced or cut off. */
  readonly count: number;
}

/** What is looked at of one text; the rest is cut off unread, so that a huge text costs no more. */
const READ_CHARACTERS = 65_536;
export const MAX_TEXT_CHARACTERS = 16_384;
/** Of a word at the edge that is dropped. */
const MAX_WORD_CHARACTERS = 2_048;
/** A replacement can lay bare what stood against it; more than this many layers don't occur by accident. */
const MAX_PASSES = 6;
const CUT = '[cut]';
const RULES: readonly RedactionRule[] = [...SECRET_RULES, ...PERSONAL_RULES];
/** What has none of them is let through at one look. Without regard to case it also finds more, which costs time and nothing else. */
const ANY_HINT = new RegExp(RULES.map(({ hint }) => hint.source).join('|'), 'i');

/**
 * Takes secrets and personal data out of a text. Linear time, idempotent, at most `maxCharacters` come back. Whoever wants the
 * end of a text lets all of it come back: a text that is cut before it is redacted may hold half a secret, which nothing knows.
 */
export function redactText(text: string, maxCharacters = MAX_TEXT_CHARACTERS): Redacted<string> {
  if (text.length <= Math.min(maxCharacters, READ_CHARACTERS) && !ANY_HINT.test(text)) return { value: text, count: 0 };
  let value = text.length > READ_CHARACTERS ? dropBrokenWord(text.slice(0, READ_CHARACTERS)) : text;
  let count = 0;
  for (let pass = 1; pass <= MAX_PASSES; pass++) {
    const redacted = applyRules(value);
    if (redacted.count === 0) break;
    value = redacted.value;
    count += redacted.count;
  }
  if (value.length <= maxCharacters && text.length <= READ_CHARACTERS) return { value, count };
  return { value: cut(value, maxCharacters), count: count + 1 };
}

function applyRules(text: string): Redacted<string> {
  let value = text;
  let count = 0;
  for (const rule of RULES) {
    if (!rule.hint.test(value)) continue;
    const redacted = applyRule(rule, value);
    value = redacted.value;
    count += redacted.count;
  }
  return { value, count };
}

/** Apart, because what it hands to `replace` takes memory of its own, and nearly no text comes here. */
function applyRule({ pattern, replace }: RedactionRule, text: string): Redacted<string> {
  let count = 0;
  const value = text.replace(pattern, (match: string, ...rest: unknown[]) => {
    const at = rest.findIndex((argument) => typeof argument === 'number');
    const offset = Number(rest[at]);
    const groups = [match, ...rest.slice(0, at).map((group) => (typeof group === 'string' ? group : ''))];
    const replacement = replace(groups, text.slice(Math.max(0, offset - 300), offset));
    if (replacement === undefined) return match;
    count += 1;
    return replacement;
  });
  return { value, count };
}

/** The word at the edge may be half a secret that no pattern knows any more. */
function dropBrokenWord(text: string): string {
  let end = text.length;
  // By hand: an expression that is tied to the end only would be tried at every character of the text.
  while (end > 0 && text.length - end < MAX_WORD_CHARACTERS && !/\s/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function cut(text: string, maxCharacters: number): string {
  const kept = text.slice(0, maxCharacters - CUT.length);
  const last = kept.charCodeAt(kept.length - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return (splitsPair ? kept.slice(0, -1) : kept) + CUT;
}
