import { describe, expect, it } from '@jest/globals';
import { announceKey, dropRetired, type KeyRing, parseRing, renderRing, revokeKey, succeedKey } from './signing-key-ring.ts';

const T1 = '2026-01-01T00:00:00.000Z';
const T2 = '2026-01-02T00:00:00.000Z';
const key = (name: string) => ({ key_id: name, public_key: `public-${name}` });
const ring: KeyRing = [key('a'), key('b')];

describe('the ring of published keys', () => {
  it('reads what it wrote, and takes what it can not read for nothing', () => {
    expect(parseRing(renderRing(ring))).toEqual(ring);
    for (const text of ['', 'garbage', '{}', '{"keys":[{"key_id":7}]}']) expect(parseRing(text)).toEqual([]);
  });

  it('announces a key once', () => {
    expect(announceKey(announceKey(ring, key('c')), key('c'))).toEqual([...ring, key('c')]);
  });

  it('keeps the key that signed so far for the overlap', () => {
    expect(succeedKey([key('a')], key('b'), { keyId: 'a', retiresAt: T1 })).toEqual([{ ...key('a'), retires_at: T1 }, key('b')]);
  });

  it('lets the time of earlier keys run on, and begins anew the time of the one that signed until now', () => {
    const before = [
      { ...key('a'), retires_at: T1 },
      { ...key('b'), retires_at: T1 },
    ];
    expect(succeedKey(before, key('c'), { keyId: 'b', retiresAt: T2 })).toEqual([
      { ...key('a'), retires_at: T1 },
      { ...key('b'), retires_at: T2 },
      key('c'),
    ]);
  });

  it('retires nothing that signs again', () => {
    expect(succeedKey([{ ...key('a'), retires_at: T1 }], key('a'), { retiresAt: T2 })).toEqual([key('a')]);
  });

  it('keeps revoked keys for ever, as revoked', () => {
    const revoked = revokeKey([{ ...key('a'), retires_at: T1 }, key('b')], 'a');
    expect(revoked).toEqual([{ ...key('a'), revoked: true }, key('b')]);
    const later = succeedKey(revoked, key('c'), { keyId: 'b', retiresAt: T1 });
    expect(dropRetired(later, 'c', Date.parse(T2))).toEqual([{ ...key('a'), revoked: true }, key('c')]);
  });

  it('drops a key when its overlap is over and not before, and never the one that signs', () => {
    const retiring = [
      { ...key('a'), retires_at: T1 },
      { ...key('b'), retires_at: T1 },
    ];
    expect(dropRetired(retiring, 'b', Date.parse(T1) - 1)).toEqual(retiring);
    expect(dropRetired(retiring, 'b', Date.parse(T1))).toEqual([{ ...key('b'), retires_at: T1 }]);
  });
});
