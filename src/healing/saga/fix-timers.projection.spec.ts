import { describe, expect, it } from '@jest/globals';
import {
  buildCommandedFix,
  buildConfirmation,
  buildVerifyingFix,
  type FixUnderTest,
} from '../../../test/builders/fix-builder.ts';
import { applyToTables } from '../../../test/builders/table-model.ts';
import { recorded } from '../../../test/builders/log-builder.ts';
import type { FixEvent } from './fix.events.ts';
import { fixTimersProjection } from './fix-timers.projection.ts';

const project = (events: readonly FixEvent[]): unknown[] =>
  applyToTables(
    fixTimersProjection,
    events.map((event, index) => recorded(event, { position: index + 1 })),
  ).get('fix_timers') ?? [];
const namesOf = (fix: FixUnderTest): unknown[] => project(fix.events).map((row) => (row as { name: string }).name);

describe('the table of timers', () => {
  it('holds what is set, with its generation and time', () => {
    expect(project(buildCommandedFix().events)).toMatchObject([
      { name: 'acknowledge', generation: 1, due_at: '2026-01-01T00:00:35.000Z' },
    ]);
  });

  it('holds one row for each name, the latest', () => {
    const fix = buildVerifyingFix();
    fix.probe(true);
    fix.probe(true);
    expect(project(fix.events)).toContainEqual(expect.objectContaining({ name: 'probe', generation: 3 }));
    expect(namesOf(fix).filter((name) => name === 'probe')).toHaveLength(1);
  });

  it('loses what has fired, but not what was set again since', () => {
    const fix = buildVerifyingFix();
    const [fired] = fix.probe(true);
    expect(namesOf(fix)).toContain('probe');
    expect(project([...fix.events, ...(fired === undefined ? [] : [fired])])).toContainEqual(
      expect.objectContaining({ name: 'probe', generation: 2 }),
    );
  });

  it('is empty when the fix has ended', () => {
    const fix = buildVerifyingFix();
    for (let i = 0; i < 6; i++) fix.probe(true);
    expect(project(fix.events)).toEqual([]);
    const check = buildConfirmation();
    expect(namesOf(check)).toEqual(['probe', 'verification-deadline']);
    check.fault(5000);
    expect(check.state.state).toBe('withdrawn');
    expect(project(check.events)).toEqual([]);
  });

  it('declares every type that it projects', () => {
    const fix = buildVerifyingFix();
    fix.fire('verification-deadline');
    const others = fix.events.filter(({ type }) => !fixTimersProjection.types.includes(type));
    expect(new Set(others.map(({ type }) => type)).has('FixEscalated')).toBe(false);
  });
});
