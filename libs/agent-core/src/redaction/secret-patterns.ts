import { isRedacted, redactionMarker } from './redaction-marker.ts';

/** Finds one kind of thing in a text and replaces it; tells how many it replaced. */
export interface RedactionRule {
  readonly pattern: RegExp;
  /** What each text that the pattern matches holds. Looked for first, as it costs next to nothing and most texts don't hold it. */
  readonly hint: RegExp;
  /** Gets the match and its groups; `undefined` leaves the match as it is. */
  readonly replace: (groups: readonly string[], before: string) => string | undefined;
}

/*
 * All patterns run in linear time: every repetition is bounded, or ends at a character that also ends the previous match.
 * No lookbehind, because Safari before 16.4 refuses to load a script that holds one; the character before is captured instead.
 */

/** Names whose values are secret wherever they stand: as a JSON member, in key=value, in a header. */
const SECRET_NAME =
  'passw(?:or)?d|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|signing[_-]?key|credentials?|session[_-]?(?:id|key)|connect\\.sid|csrf|xsrf|otp|pin[_-]?code|cvv|cvc';
const HEADER_NAME = '(?:proxy-)?authorization|set-cookie2?|cookies?|x-api-key|x-auth-token|x-amz-security-token';

const SECRET_MEMBER = new RegExp(`(?:${SECRET_NAME}|${HEADER_NAME}|^auth$)`, 'i');

/** Whether the value of a member with this name is secret as a whole. */
export const isSecretName = (name: string): boolean => SECRET_MEMBER.test(name);

const OPEN = String.raw`\\{0,3}["']?\s{0,3}[:=]\s{0,3}`;
const VALUE = String.raw`"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?|\\{1,3}["'][^"'\\]*`;

const keepOpening =
  (kind: 'secret' | 'header') =>
  ([, opening = '', value = '']: readonly string[], before: string): string | undefined => {
    if (isRedacted(value) || /unexpected $/i.test(before)) return undefined;
    const quote = /^\\{0,3}["']/.exec(value)?.[0] ?? '';
    const closed = quote !== '' && value.length > quote.length && value.endsWith(quote);
    return `${opening}${quote}${redactionMarker(kind)}${closed ? quote : ''}`;
  };

const replaceToken = ([, before = '', scheme = '']: readonly string[]): string => `${before}${scheme}${redactionMarker('token')}`;

const KNOWN_KEYS = [
  'sk-[A-Za-z0-9_-]{16,}',
  '(?:sk|pk|rk|whsec)_[A-Za-z0-9_]{16,}',
  'gh[opsur]_[A-Za-z0-9]{20,}',
  'github_pat_[A-Za-z0-9_]{20,}',
  'glpat-[A-Za-z0-9_-]{16,}',
  'npm_[A-Za-z0-9]{30,}',
  '(?:AKIA|ASIA)[0-9A-Z]{16}',
  'AIza[0-9A-Za-z_-]{30,}',
  'xox[abeoprs]-[A-Za-z0-9-]{10,}',
  'SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}',
  'fo1_[A-Za-z0-9_-]{20,}',
  'fm[12][ar]?_[A-Za-z0-9_+/=-]{20,}',
  'S[ACNOUX][A-Z2-7]{56}',
].join('|');

export const SECRET_RULES: readonly RedactionRule[] = [
  {
    pattern: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[A-Za-z0-9+/=\s\\:,.-]*/g,
    hint: /-----BEGIN /,
    replace: () => redactionMarker('key'),
  },
  {
    // Up to the last @ before the path, as a password may hold one too.
    pattern: /([a-z][a-z0-9+.-]{0,30}:\/\/)([^\s/?#"'<>]+)@/gi,
    hint: /:\/\//,
    replace: ([, scheme = '', credentials = '']) =>
      isRedacted(credentials) ? undefined : `${scheme}${redactionMarker('credentials')}@`,
  },
  {
    // A header's value goes to the end of the line: cookies hold spaces and semicolons.
    pattern: new RegExp(String.raw`((?:${HEADER_NAME})${OPEN})(${VALUE}|[^\r\n"']+)`, 'gi'),
    hint: /[:=]/,
    replace: keepOpening('header'),
  },
  {
    pattern: new RegExp(String.raw`((?:${SECRET_NAME})[A-Za-z0-9_-]{0,20}${OPEN})(${VALUE}|[^\s&"'}]+)`, 'gi'),
    hint: /[:=]/,
    replace: keepOpening('secret'),
  },
  {
    pattern: /(^|[^A-Za-z0-9_-])(bearer\s{1,5}|basic\s{1,5})[A-Za-z0-9._~+/=-]{6,}/gi,
    hint: /bearer|basic/i,
    replace: replaceToken,
  },
  {
    pattern: /(^|[^A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{2,}(?:\.[A-Za-z0-9_-]*){0,3}/g,
    hint: /eyJ/,
    replace: ([, before = '']) => `${before}${redactionMarker('token')}`,
  },
  {
    pattern: new RegExp(`(^|[^A-Za-z0-9_-])(?:${KNOWN_KEYS})`, 'g'),
    hint: /[A-Za-z0-9_-]{14}|fm[12]/,
    replace: ([, before = '']) => `${before}${redactionMarker('key')}`,
  },
];
