import { describe, expect, it } from '@jest/globals';
import { listFiles, readText } from './repository-files.ts';

const SELF = 'test/repository/neutral-text.spec.ts';
const BINARY = /\.(png|jpe?g|gif|ico|woff2?|gz|zip|pdf)$/;

/** A repository that works from everywhere names no place that only one machine or one network has. */
const PLACES: [what: string, pattern: RegExp][] = [
  [
    'the host of a registry or mirror',
    /\b(registry\.[a-z0-9-]+\.[a-z]+|npmmirror|artifactory|verdaccio|[a-z0-9.-]*mirrors?\.[a-z0-9-]+\.[a-z]+|deb\.debian\.org)\b/i,
  ],
  ['an address in the lock file', /"resolved": "https?:/],
  ['a path of one machine', /(?<![\w.$}~*/-])\/(work|tmp|home|root|Users)\/[\w.-]/],
];

describe('the text of the repository', () => {
  it.each(PLACES)('names nowhere %s', (_what, pattern) => {
    const found = listFiles('', (path) => path !== SELF && !BINARY.test(path)).flatMap((path) =>
      readText(path)
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
    );
    expect(found).toEqual([]);
  });
});
