import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { computeFingerprint } from './fingerprint.ts';
import type { JsonObject } from './json.ts';
import type { WireError } from './wire/error.schema.ts';

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

const errorWith = (data: JsonObject, type: WireError['type'] = 'js-error'): WireError => ({
  id: '01900000-0000-7000-8000-000000000001',
  timestamp: '2026-01-01T00:00:00Z',
  source: 'frontend',
  type,
  severity: 'high',
  data,
  context: {},
});
const fingerprint = (data: JsonObject, type?: WireError['type']): string => computeFingerprint(errorWith(data, type), sha256Hex);

const frame = (over: JsonObject = {}): JsonObject => ({
  module: 'cart',
  function: 'total',
  context_line: 'return items.length;',
  in_app: true,
  line: 10,
  ...over,
});

describe('a fingerprint', () => {
  it('says by which version of the rules it was made', () => {
    expect(fingerprint({ message: 'x' })).toMatch(/^fp@1:[0-9a-f]{16}$/);
  });

  it('depends on what broke, not on when, where and how bad', () => {
    const one = errorWith({ message: 'x' });
    const other: WireError = {
      ...one,
      id: 'other',
      timestamp: '2027',
      source: 'backend-rag',
      severity: 'low',
      context: { a: 1 },
    };
    expect(computeFingerprint(other, sha256Hex)).toBe(computeFingerprint(one, sha256Hex));
  });

  it('of a health check is that of the check, whatever it found', () => {
    expect(fingerprint({ check: 'http', reason: 'exited' }, 'health')).toBe(
      fingerprint({ check: 'http', reason: 'failing', message: 'no answer in time' }, 'health'),
    );
    expect(fingerprint({ check: 'http' }, 'health')).not.toBe(fingerprint({ check: 'database' }, 'health'));
  });

  it('of a message leaves out what varies', () => {
    expect(fingerprint({ message: 'timeout after 31 ms for user 7' })).toBe(
      fingerprint({ message: 'timeout after 4 ms for user 99' }),
    );
    expect(fingerprint({ message: 'timeout' })).not.toBe(fingerprint({ message: 'refused' }));
  });

  it('of an exception is that of its in-app frames, without line numbers', () => {
    const base = fingerprint({ exception_type: 'TypeError', message: 'a', frames: [frame()] });
    expect(fingerprint({ exception_type: 'TypeError', message: 'b', frames: [frame({ line: 99 })] })).toBe(base);
    expect(fingerprint({ exception_type: 'TypeError', frames: [frame(), frame({ in_app: false, module: 'lib' })] })).toBe(base);
    expect(fingerprint({ exception_type: 'RangeError', frames: [frame()] })).not.toBe(base);
    expect(fingerprint({ exception_type: 'TypeError', frames: [frame({ function: 'sum' })] })).not.toBe(base);
  });

  it('falls back to the message when no frame is in-app', () => {
    expect(fingerprint({ message: 'a', frames: [frame({ in_app: false })] })).toBe(fingerprint({ message: 'a' }));
  });

  it('bears data of any shape', () => {
    const odd: JsonObject[] = [{ message: 7 }, { frames: 'none' }, { frames: [null, 'x', [1]] }, { check: {} }, {}];
    expect(odd.map((data) => fingerprint(data)).every((text) => text.startsWith('fp@1:'))).toBe(true);
  });

  it('differs between types of errors', () => {
    expect(fingerprint({ message: 'a' }, 'network')).not.toBe(fingerprint({ message: 'a' }, 'performance'));
  });
});
