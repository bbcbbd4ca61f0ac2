import { describe, expect, it } from '@jest/globals';
import { canonicalJson, type Scope } from '#libs/contracts';
import { MAX_STOPPED_NAMES } from '#libs/contracts/schemas';
import { readControlMessage, stopsOf, toControlState } from './control-message.ts';

const word = { version: 3, sequence: 9, nowMs: 0, keyId: 'key-1', logId: '01900000-0000-7000-8000-000000000001' };
const say = (...scopes: Scope[]) => toControlState({ ...word, stops: new Set(scopes) });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const manyServices = (count: number): Scope[] => Array.from({ length: count }, (_, n): Scope => `service:s-${n}`);

describe('what agents are told', () => {
  it('is running where nothing, or only a part, is stopped', () => {
    expect(say()).toMatchObject({ state: 'running', stopped_services: [], stopped_strategies: [], version: 3, sequence: 9 });
    expect(say('strategy:restart/service', 'service:rag', 'service:memory')).toMatchObject({
      state: 'running',
      stopped_services: ['memory', 'rag'],
      stopped_strategies: ['restart/service'],
    });
  });

  it('is read back as what is stopped', () => {
    const scopes: Scope[] = ['global', 'service:memory', 'strategy:restart/service'];
    const read = readControlMessage(bytes(canonicalJson(say(...scopes))));
    expect(read && [...stopsOf(read)].toSorted()).toEqual(scopes);
  });

  it('is a full stop where more is stopped than it has room for', () => {
    expect(say(...manyServices(MAX_STOPPED_NAMES)).state).toBe('running');
    const said = say(...manyServices(MAX_STOPPED_NAMES + 1));
    expect(said).toMatchObject({ state: 'stopped' });
    expect(said.stopped_services).toHaveLength(MAX_STOPPED_NAMES);
    expect(readControlMessage(bytes(canonicalJson(said)))).toBeDefined();
  });

  it('is nothing at all where it can not be read', () => {
    for (const text of ['', '{', '[]', '{"state":"running"}']) expect(readControlMessage(bytes(text))).toBeUndefined();
  });
});
