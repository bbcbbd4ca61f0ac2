import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parameterise } from './parameterise.ts';

describe('a parameterised message', () => {
  it.each([
    ['mail to ann.b+x@mail.example.org failed', 'mail to <email> failed'],
    ['GET https://api.example.com/a?b=1 failed', 'GET <url> failed'],
    ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED <ip>'],
    ['connect ECONNREFUSED ::1:5432', 'connect ECONNREFUSED <ip>'],
    ['getaddrinfo ENOTFOUND db.internal', 'getaddrinfo ENOTFOUND <host>'],
    ['trace 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'trace <traceparent>'],
    ['user 01900000-0000-7000-8000-000000000001 unknown', 'user <uuid> unknown'],
    [`object ${'a1'.repeat(20)} missing`, 'object <sha1> missing'],
    [`etag ${'a1'.repeat(16)} differs`, 'etag <md5> differs'],
    ['since 2026-11-20T08:15:00.100Z', 'since <date>'],
    ['timeout after 31 ms', 'timeout after <duration>'],
    ['timeout after 1.5s', 'timeout after <duration>'],
    ['at 0x7fff', 'at <hex>'],
    ['commit 4b434ae is gone', 'commit <git-sha> is gone'],
    ['load 0.75', 'load <float>'],
    ['user 7 of -12', 'user <int> of <int>'],
    [`key "a b" and 'c'`, 'key <string> and <string>'],
    ['flag is true', 'flag is <bool>'],
  ])('turns %p into %p', (message, template) => {
    expect(parameterise(message)).toBe(template);
  });

  it('keeps words, and white space as one space', () => {
    expect(parameterise('  Cannot\tread\n properties of undefined ')).toBe('Cannot read properties of undefined');
  });

  it('is the same for two occurrences that differ in numbers only', () => {
    fc.assert(fc.property(fc.nat(), fc.nat(), (a, b) => parameterise(`worker ${a} died`) === parameterise(`worker ${b} died`)));
  });

  it('is bounded, whatever comes in', () => {
    const hostile = [`"${'\\'.repeat(100_000)}`, 'a'.repeat(1_000_000), `${'1:'.repeat(100_000)}`, 'x@'.repeat(100_000)];
    const before = performance.now();
    for (const text of hostile) expect(parameterise(text).length).toBeLessThan(20_000);
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});
