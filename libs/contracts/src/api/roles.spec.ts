import { describe, expect, it } from '@jest/globals';
import { includesRole, ROLES } from './roles.ts';

describe('roles', () => {
  it('allow what the ones before them may, and nothing that the ones after them may', () => {
    const allowed = ROLES.map((has) => ROLES.filter((needs) => includesRole(has, needs)));
    expect(allowed).toEqual([
      ['viewer'],
      ['viewer', 'analyst'],
      ['viewer', 'analyst', 'sre'],
      ['viewer', 'analyst', 'sre', 'admin'],
    ]);
  });

  it('are not needed for what anyone may, and without one nothing else is allowed', () => {
    expect(includesRole(undefined, 'anyone')).toBe(true);
    expect(ROLES.filter((needs) => includesRole(undefined, needs))).toEqual([]);
  });
});
