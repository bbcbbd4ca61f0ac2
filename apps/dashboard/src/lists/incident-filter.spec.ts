import { describe, expect, it } from '@jest/globals';
import { addressOf, incidentAddress, readFilter } from './incident-filter.ts';

describe('the filter of incidents in the address', () => {
  it('is read as it was written', () => {
    const filter = { state: 'escalated', service: 'rag', cursor: 'abc' };
    const query = Object.fromEntries(new URLSearchParams(addressOf(filter).slice(2)));
    expect(readFilter(query)).toEqual(filter);
  });

  it('leaves out what is none of ours', () => {
    expect(readFilter({ state: '<b>', service: '', surprise: '1' })).toEqual({});
    expect(addressOf({})).toBe('/');
  });

  it('makes an address of any id', () => {
    expect(incidentAddress('a/../b?c#d')).toBe('/incidents/a%2F..%2Fb%3Fc%23d');
  });
});
