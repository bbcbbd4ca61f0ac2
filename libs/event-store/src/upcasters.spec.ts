import { describe, expect, it } from '@jest/globals';
import { type Upcaster, Upcasters } from './upcasters.ts';

const step = (fromVersion: number, type = 'Thing'): Upcaster => ({
  type,
  fromVersion,
  upcast: ({ steps }) => ({ steps: `${typeof steps === 'string' ? steps : ''}${fromVersion}` }),
});

describe('upcasters', () => {
  it.each([
    [1, '123'],
    [2, '23'],
    [4, ''],
  ])('lead from schema version %i to the newest', (version, steps) => {
    const upcasters = new Upcasters([step(3), step(1), step(2), step(1, 'Other')]);
    expect(upcasters.upcast('Thing', version, { steps: '' })).toEqual({ schemaVersion: 4, data: { steps } });
  });

  it('leave types alone that never changed', () => {
    expect(new Upcasters([step(1)]).upcast('Stable', 1, { n: 1 })).toEqual({ schemaVersion: 1, data: { n: 1 } });
  });

  it.each([
    ['that begins late', [step(2)]],
    ['with a hole', [step(1), step(3)]],
    ['with a double', [step(1), step(1)]],
  ])('refuse a set %s at once', (_name, steps) => {
    expect(() => new Upcasters(steps)).toThrow(expect.objectContaining({ code: 'invalid-upcasters' }));
  });

  it.each([
    ['Thing', 3],
    ['Stable', 2],
  ])('refuse a %s of the future version %i', (type, version) => {
    const upcasters = new Upcasters([step(1)]);
    expect(() => upcasters.upcast(type, version, {})).toThrow(
      expect.objectContaining({ code: 'unknown-schema-version', retryable: true }),
    );
  });

  it('tell the newest version of a type', () => {
    const upcasters = new Upcasters([step(1), step(2)]);
    expect(['Thing', 'Stable'].map((type) => upcasters.newestVersion(type))).toEqual([3, 1]);
  });
});
