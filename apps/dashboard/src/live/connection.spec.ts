import { describe, expect, it } from '@jest/globals';
import { computeFreshness, type ConnectionState } from './connection.ts';

const HEARD_AT = 100_000;
const open: ConnectionState = { isOpen: true, lastHeardMs: HEARD_AT };
const lost: ConnectionState = { isOpen: false, lastHeardMs: HEARD_AT, lostAtMs: HEARD_AT + 1000 };
const left: ConnectionState = { isOpen: false, lastHeardMs: HEARD_AT };

const after = (connection: ConnectionState, ms: number, laggingSinceMs?: number): unknown =>
  computeFreshness(connection, laggingSinceMs, HEARD_AT + ms);

describe('how fresh the page is', () => {
  it('is connecting while nothing was heard', () => {
    expect(computeFreshness({ isOpen: false }, undefined, 0)).toEqual({ state: 'connecting' });
  });

  it('is live as long as it hears something', () => {
    expect(after(open, 12_000)).toEqual({ state: 'live' });
  });

  it('is stale when a connection that seems open is silent, since it last heard something', () => {
    expect(after(open, 12_001)).toEqual({ state: 'stale', sinceMs: HEARD_AT });
  });

  it('gives a cut a moment to mend itself', () => {
    expect(after(lost, 6000)).toEqual({ state: 'reconnecting', sinceMs: HEARD_AT });
    expect(after(lost, 6001)).toEqual({ state: 'stale', sinceMs: HEARD_AT });
  });

  it('gives a cut that comes after a silence no more time', () => {
    expect(after({ ...lost, lostAtMs: HEARD_AT + 12_000 }, 12_001)).toMatchObject({ state: 'stale' });
  });

  it('is stale at once when nobody follows', () => {
    expect(after(left, 0)).toEqual({ state: 'stale', sinceMs: HEARD_AT });
  });

  it('is behind while a list is, but for the moment that each answer takes', () => {
    expect(after(open, 5000, HEARD_AT)).toEqual({ state: 'live' });
    expect(after(open, 5001, HEARD_AT)).toEqual({ state: 'behind', sinceMs: HEARD_AT });
  });

  it('is true only as of the older of the two when it is stale and a list was behind', () => {
    expect(after(left, 1, HEARD_AT - 9000)).toEqual({ state: 'stale', sinceMs: HEARD_AT - 9000 });
  });
});
