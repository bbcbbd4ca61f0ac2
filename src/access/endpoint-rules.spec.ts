import { describe, expect, it } from '@jest/globals';
import { findRule, neededRole } from './endpoint-rules.ts';

describe('who may use a route', () => {
  it('is known of what is listed, also when only its headers are asked for', () => {
    expect(findRule('GET', '/api/incidents/:incident_id')).toMatchObject({ role: 'viewer' });
    expect(findRule('HEAD', '/api/incidents/:incident_id')).toMatchObject({ role: 'viewer' });
    expect(findRule('GET', '/')).toEqual({ role: 'anyone' });
  });

  it('is nobody where it is not listed, nor under another method', () => {
    expect([findRule('GET', '/api/secret'), findRule('POST', '/api/incidents'), findRule('GET', '')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('takes more for a list in another format', () => {
    const list = { role: 'viewer', exportRole: 'analyst' } as const;
    expect([{}, { format: 'json' }, undefined].map((query) => neededRole(list, query))).toEqual(['viewer', 'viewer', 'viewer']);
    expect([{ format: 'csv' }, { format: 'CSV' }, { format: ['json', 'csv'] }].map((query) => neededRole(list, query))).toEqual([
      'analyst',
      'analyst',
      'analyst',
    ]);
    expect(neededRole({ role: 'viewer' }, { format: 'csv' })).toBe('viewer');
  });
});
