import { describe, expect, it } from '@jest/globals';
import { decideCreate, decideRevoke } from './access.decider.ts';
import { created, keysAfter, revoked } from '../../test/builders/access-builder.ts';

const NOW_MS = Date.parse('2026-11-29T12:00:00Z');
const inMs = (ms: number): string => new Date(NOW_MS + ms).toISOString();

const revoke = (keyId: string): { keyId: string; reason: string } => ({ keyId, reason: 'lost' });

describe('making a key', () => {
  it('stores what is to be kept of it', () => {
    const { data } = created('a', { expires_at: inMs(1) });
    expect(decideCreate(data, NOW_MS)).toEqual({ events: [{ type: 'ApiKeyCreated', data }] });
  });

  it('is refused when it would have expired already', () => {
    expect(decideCreate(created('a', { expires_at: inMs(0) }).data, NOW_MS)).toEqual({ refusal: 'expiry-past' });
  });
});

describe('revoking a key', () => {
  it('is stored with its reason', () => {
    const state = keysAfter(created('a'), created('b', { role: 'sre' }));
    expect(decideRevoke(state, revoke('b'))).toEqual({
      events: [{ type: 'ApiKeyRevoked', data: { key_id: 'b', reason: 'lost' } }],
    });
  });

  it('changes nothing the second time', () => {
    expect(decideRevoke(keysAfter(created('a'), created('b'), revoked('b')), revoke('b'))).toEqual({ events: [] });
  });

  it('is refused for a key that never was', () => {
    expect(decideRevoke(keysAfter(created('a')), revoke('b'))).toEqual({ refusal: 'key-not-found' });
  });

  it('is refused for the last admin key', () => {
    expect(decideRevoke(keysAfter(created('a')), revoke('a'))).toEqual({ refusal: 'last-admin-key' });
    expect(decideRevoke(keysAfter(created('a'), created('b'), revoked('b')), revoke('a'))).toEqual({ refusal: 'last-admin-key' });
  });

  it('is refused when only an admin key that expires would be left', () => {
    const state = keysAfter(created('a'), created('b', { expires_at: inMs(1) }));
    expect(decideRevoke(state, revoke('a'))).toEqual({ refusal: 'last-admin-key' });
    expect(decideRevoke(state, revoke('b'))).toMatchObject({ events: [{ data: { key_id: 'b' } }] });
  });

  it('is done for an admin key beside another one that lasts', () => {
    expect(decideRevoke(keysAfter(created('a'), created('b')), revoke('a'))).toMatchObject({
      events: [{ data: { key_id: 'a' } }],
    });
  });
});
