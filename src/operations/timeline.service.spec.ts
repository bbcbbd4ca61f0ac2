import { describe, expect, it } from '@jest/globals';
import { buildEvidence } from '../../test/builders/incident-builder.ts';
import { buildLog, store } from '../../test/builders/log-builder.ts';
import { ManualClock } from '../../test/builders/manual-clock.ts';
import { type DomainEvent, toNewEvent } from '../platform/log/domain-event.ts';
import { toStreamWrites } from '../platform/log/log.ts';
import { TimelineService } from './timeline.service.ts';

const INCIDENT = '000000000001-1';

const grew = (count: number): DomainEvent => ({
  type: 'IncidentGrew',
  data: { incident_id: INCIDENT, added: 1, count, through_position: '1', evidence: buildEvidence() },
});
const escalated: DomainEvent = { type: 'IncidentEscalated', data: { incident_id: INCIDENT, reason_code: 'attempts-exhausted' } };

async function tell(...writes: { stream: string; events: readonly DomainEvent[]; cause?: number }[]): Promise<unknown> {
  const clock = new ManualClock();
  const log = buildLog(clock);
  await store(log, 'report', { type: 'ErrorReported', data: {} });
  for (const [index, { stream, events, cause }] of writes.entries()) {
    await log.append({
      actor: 'test',
      key: `write:${index}`,
      correlationId: INCIDENT,
      ...(cause === undefined ? {} : { cause: { id: 'cause', position: cause } }),
      writes: [{ stream, expected: 'any', events }],
    });
  }
  const { timeline, omitted } = await new TimelineService(log).load(INCIDENT, { openedAt: new Date(clock.nowMs()) });
  return { told: timeline.map(({ position, type }) => `${type} ${position}`), omitted };
}

describe('the timeline of an incident', () => {
  const growth = { stream: 'incident', events: Array.from({ length: 3000 }, (_, n) => grew(n + 2)) };

  it('tells the end of a fault that grew for long, and the first and the last notice of it', async () => {
    expect(await tell(growth, { stream: 'incident', events: [escalated] })).toEqual({
      told: ['IncidentGrew 2', 'IncidentGrew 3001', 'IncidentEscalated 3002'],
      omitted: 2998,
    });
  });

  it('tells the report that was stored in the same append, though nothing names its position', async () => {
    const log = buildLog(new ManualClock());
    const opened: DomainEvent = { type: 'IncidentOpened', data: { incident_id: INCIDENT } };
    const openings = toStreamWrites({
      actor: 'incidents',
      correlationId: INCIDENT,
      cause: { id: 'report' },
      writes: [{ stream: 'incident', expected: 'none', events: [opened, escalated] }],
    });
    const report = toNewEvent({ type: 'ErrorReported', data: {} }, { actor: 'agent:a' });
    await store(log, 'earlier', { type: 'ErrorReported', data: {} });
    await log.store.append({ writes: [{ stream: 'report', expected: 'any', events: [report] }, ...openings] });
    const { timeline, omitted } = await new TimelineService(log).load(INCIDENT, { openedAt: new Date() });
    expect(timeline.map(({ position, type }) => `${type} ${position}`)).toEqual([
      'ErrorReported 2',
      'IncidentOpened 3',
      'IncidentEscalated 4',
    ]);
    expect(omitted).toBe(0);
  });

  it('tells what caused something, be it of another story or left out of this one', async () => {
    expect(
      await tell({ stream: 'incident', events: [escalated], cause: 1 }, growth, {
        stream: 'fix',
        events: [{ type: 'FixPlanned', data: {} }],
        cause: 1000,
      }),
    ).toEqual({
      told: [
        'ErrorReported 1',
        'IncidentEscalated 2',
        'IncidentGrew 3',
        'IncidentGrew 1000',
        'IncidentGrew 3002',
        'FixPlanned 3003',
      ],
      omitted: 2997,
    });
  });
});
