import { describe, expect, it } from '@jest/globals';
import { evolveAccess, hadAdmin, isLastingAdmin, NO_KEYS, stateOfKey } from './access.ts';
import { at, created, keysAfter, revoked } from '../../test/builders/access-builder.ts';

const MINUTE = 60_000;

describe('the keys of an installation', () => {
  it('are what the log says of them, each with its owner and role', () => {
    const { keys, position } = keysAfter(created('a'), created('b', { owner: 'ben', role: 'viewer' }));
    expect([...keys.values()].map(({ keyId, owner, role }) => [keyId, owner, role])).toEqual([
      ['a', 'ana', 'admin'],
      ['b', 'ben', 'viewer'],
    ]);
    expect(position).toBe(2);
  });

  it('stay what they were to whoever holds an earlier state', () => {
    const before = keysAfter(created('a'));
    evolveAccess(before, at(2, revoked('a')));
    expect(before.keys.get('a')?.revokedAt).toBeUndefined();
  });

  it('are revoked once, at the first time', () => {
    const key = keysAfter(created('a'), revoked('a'), revoked('a')).keys.get('a');
    expect(key?.revokedAt).toEqual(at(2, revoked('a')).recordedAt);
  });

  it('are none after a revocation of what never was', () => {
    expect(evolveAccess(NO_KEYS, at(1, revoked('a'))).keys.size).toBe(0);
  });

  it('count until they expire, and not from then on', () => {
    const key = keysAfter(created('a', { expires_at: new Date(MINUTE).toISOString() })).keys.get('a');
    const states = [MINUTE - 1, MINUTE, MINUTE + 1].map((nowMs) => key && stateOfKey(key, nowMs));
    expect(states).toEqual(['active', 'expired', 'expired']);
  });

  it('are revoked rather than expired where both is true', () => {
    const key = keysAfter(created('a', { expires_at: new Date(MINUTE).toISOString() }), revoked('a')).keys.get('a');
    expect(key && stateOfKey(key, 2 * MINUTE)).toBe('revoked');
  });

  it('last only without an end, and only admins make others', () => {
    const state = keysAfter(
      created('a'),
      created('b', { expires_at: new Date(MINUTE).toISOString() }),
      created('c', { role: 'sre' }),
      created('d'),
      revoked('d'),
    );
    expect([...state.keys.values()].filter(isLastingAdmin).map(({ keyId }) => keyId)).toEqual(['a']);
  });

  it('had an admin once one was made, though it was revoked', () => {
    expect(hadAdmin(keysAfter(created('a', { role: 'sre' })))).toBe(false);
    expect(hadAdmin(keysAfter(created('a'), revoked('a')))).toBe(true);
  });
});
