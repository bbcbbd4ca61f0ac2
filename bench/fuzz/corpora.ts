import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface JsonCase {
  name: string;
  bytes: Buffer;
}

/** Odd texts and odd JSON that others have collected, or the few of our own where there are none. */
export interface Corpora {
  /** Where they come from, for the report of whoever used them. */
  origin: string;
  json: readonly JsonCase[];
  strings: readonly string[];
}

const OWN_STRINGS = [
  '',
  'undefined',
  'NaN',
  '1e1000',
  "'; DROP TABLE events; --",
  '<script>alert(1)</script>',
  '${jndi:ldap://127.0.0.1/a}',
  '../../../../etc/passwd',
  '\u202Etest\u202E',
  '👩‍👩‍👧',
  'Ω≈ç√∫˜µ≤≥÷',
  '\u0000',
  '\ud800',
  '\udc00\ud800',
  '__proto__',
  'constructor',
  '\r\n\r\n',
  '%s%n%x',
];

const OWN_JSON = [
  '',
  ' ',
  '\ufeff',
  '[',
  '{"a":',
  '[1,]',
  '{"a":1,"a":2}',
  '[NaN]',
  '[-0]',
  '[1e400]',
  '[123123e100000]',
  '["\\ud800"]',
  '["\\u0000"]',
  '[1] x',
  'null',
  '"text"',
  '{"__proto__":{"a":1}}',
  '['.repeat(100_000),
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  '{"a":'.repeat(20_000),
];

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((text) => typeof text === 'string');

export function loadCorpora(folder = process.env['CORPORA_DIR'] ?? resolve('../shared/corpora')): Corpora {
  const strings = join(folder, 'naughty-strings', 'blns.json');
  const json = join(folder, 'json', 'test_parsing');
  if (!existsSync(strings) || !existsSync(json)) {
    return {
      origin: 'built in',
      strings: OWN_STRINGS,
      json: [
        ...OWN_JSON.map((text, i) => ({ name: `own-${i}`, bytes: Buffer.from(text) })),
        { name: 'invalid-utf-8', bytes: Buffer.from([0x5b, 0x22, 0xff, 0xc0, 0x22, 0x5d]) },
      ],
    };
  }
  const texts: unknown = JSON.parse(readFileSync(strings, 'utf8'));
  return {
    origin: folder,
    // What the corpus can't hold is added: it is a JSON file, and its authors left these two out.
    strings: [...(isTexts(texts) ? texts : []), '\u0000', '\ud800'],
    json: readdirSync(json)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => ({ name, bytes: readFileSync(join(json, name)) })),
  };
}
