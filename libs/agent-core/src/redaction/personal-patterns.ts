import { redactionMarker, isRedacted } from './redaction-marker.ts';
import type { RedactionRule } from './secret-patterns.ts';

const QUERY_TOKEN = /[^\s"'<>]*$/;

/** Whether the question mark that follows stands in an address, and not at the end of a sentence. */
function opensQuery(query: string, before: string): boolean {
  const token = QUERY_TOKEN.exec(before.slice(-300))?.[0] ?? '';
  return query.includes('=') || query.includes('&') || token.includes('/');
}

/** Card numbers by the length and first digits of their issuers, so that a time stamp in milliseconds isn't taken for one. */
const CARD_SHAPE =
  /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|6\d{15,18})$/;

/** Whether a number could be that of a payment card: issuer's shape and Luhn's check digit. */
export function isCardNumber(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  if (!CARD_SHAPE.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const LOOPBACK = /^(?:127\.|0\.0\.0\.0$|::1?$)/;

function isPersonalIp(address: string): boolean {
  if (LOOPBACK.test(address)) return false;
  const octets = address.split('.');
  if (octets.length === 4) return octets.every((octet) => Number(octet) <= 255);
  return address.includes('::') ? /[0-9a-f]/i.test(address) : address.split(':').every((group) => group !== '');
}

const replaceIp = ([, before = '', address = '']: readonly string[]): string | undefined =>
  isPersonalIp(address) ? `${before}${redactionMarker('ip')}` : undefined;

export const PERSONAL_RULES: readonly RedactionRule[] = [
  {
    pattern: /\?([^\s#"'<>]+)/g,
    hint: /\?/,
    replace: ([, query = ''], before) =>
      !isRedacted(query) && opensQuery(query, before) ? `?${redactionMarker('query')}` : undefined,
  },
  {
    pattern: /[^\s@"'<>()[\],;:=/?&]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu,
    hint: /@/,
    replace: () => redactionMarker('email'),
  },
  {
    pattern: /(^|[^0-9A-Za-z-])(\d(?:[ -]?\d){12,18})(?![0-9-])/g,
    hint: /\d[ -]?\d[ -]?\d[ -]?\d/,
    replace: ([, before = '', number = '']) => (isCardNumber(number) ? `${before}${redactionMarker('card')}` : undefined),
  },
  { pattern: /(^|[^0-9A-Za-z.])(\d{1,3}(?:\.\d{1,3}){3})(?!\d|\.\d)/g, hint: /\d\.\d/, replace: replaceIp },
  {
    pattern:
      /(^|[^0-9A-Za-z:.])([0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){7}|[0-9A-Fa-f:]{0,38}::[0-9A-Fa-f:]{0,38})(?![0-9A-Za-z:])/g,
    hint: /:[0-9A-Fa-f]{0,4}:/,
    replace: replaceIp,
  },
  {
    pattern: /(^|[^\w+])\+\d(?:[ ().-]{0,2}\d){7,14}(?!\d)/g,
    hint: /\+\d/,
    replace: ([, before = '']) => `${before}${redactionMarker('phone')}`,
  },
];
