/**
 * What varies between two occurrences of the same message, most specific first: a UUID would otherwise be eaten by the rule
 * for hexadecimal, a URL by the rule for hosts. The order is part of the fingerprint's version.
 */
const PARAMETERS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['email', /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g],
  ['url', /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>)\]}]{1,2000}/gi],
  ['ip', /\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b|(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/gi],
  [
    'host',
    /\b(?:[a-z0-9-]{1,63}\.){1,8}(?:com|net|org|io|dev|app|internal|local|localhost)(?::\d{1,5})?\b|\blocalhost(?::\d{1,5})?\b/gi,
  ],
  ['traceparent', /\b[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\b/gi],
  ['uuid', /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi],
  ['sha1', /\b[0-9a-f]{40}\b/gi],
  ['md5', /\b[0-9a-f]{32}\b/gi],
  [
    'date',
    /\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?|\b\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\b/g,
  ],
  ['duration', /\b\d{1,15}(?:\.\d{1,9})?\s?(?:ns|us|µs|ms|s|sec|seconds?|minutes?|min|hours?|h|days?)\b/g],
  ['hex', /\b0x[0-9a-f]{1,64}\b/gi],
  ['git-sha', /\b(?=[0-9a-f]{0,11}\d)(?=[0-9a-f]{0,11}[a-f])[0-9a-f]{7,12}\b/g],
  ['float', /(?<![\w.])[+-]?\d{1,20}\.\d{1,20}(?:e[+-]?\d{1,4})?(?![\w.])/gi],
  ['int', /(?<![\w.])[+-]?\d{1,20}(?![\w.])/g],
  ['string', /"(?:[^"\\]|\\.){0,500}"|'(?:[^'\\]|\\.){0,500}'/g],
  ['bool', /\b(?:true|false)\b/gi],
];

/** Longest message that is looked at; the rest doesn't tell one fault from another and costs time. */
const MAX_MESSAGE_CHARACTERS = 4000;

/**
 * Replaces what varies by typed placeholders: `timeout after 31 ms for user 7` → `timeout after <duration> for user <int>`.
 *
 * @param message any text; only its first 4000 characters count
 */
export function parameterise(message: string): string {
  let template = message.slice(0, MAX_MESSAGE_CHARACTERS);
  for (const [name, pattern] of PARAMETERS) template = template.replace(pattern, `<${name}>`);
  return template.replace(/\s+/g, ' ').trim();
}
