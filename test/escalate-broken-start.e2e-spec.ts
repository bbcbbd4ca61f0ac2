import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IncidentDetail } from '#libs/contracts';
import { checkLog, describeViolations } from '#libs/testing';
import { TestSystem } from './system/test-system.ts';

let system: TestSystem;
let incident: IncidentDetail;
let neighbourPid: number;

beforeAll(async () => {
  system = await TestSystem.start({ services: ['memory', 'neighbour'] });
  neighbourPid = await system.pidOf('neighbour');
  system.breakStart('memory');
  process.kill(await system.pidOf('memory'), 'SIGKILL');
  incident = await system.endedIncident(60_000);
}, 120_000);

afterAll(() => system.stop());

describe('a service whose start command is broken', () => {
  it('is escalated after exactly two attempts', () => {
    expect(incident.state).toBe('escalated');
    expect(system.startsOf('memory')).toHaveLength(3);
    expect(system.begunCommands()).toHaveLength(2);
    expect(incident.timeline.filter(({ type }) => type === 'FixCommanded')).toHaveLength(2);
  });

  it('waits ten seconds before the second attempt', () => {
    const [first, second] = incident.timeline
      .filter(({ type }) => type === 'FixCommanded')
      .map(({ recorded_at: at }) => Date.parse(at));
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(10_000);
  });

  it('says in the log why it failed and why it is given up', () => {
    const failures = incident.timeline.filter(({ type }) => type === 'FixAttemptFailed');
    expect(failures.map(({ data }) => data['reason_code'])).toEqual(['exited-early', 'exited-early']);
    expect(JSON.stringify(failures[0]?.data['evidence'])).toContain('broken on purpose');
    expect(incident.timeline.find(({ type }) => type === 'FixEscalated')?.data).toMatchObject({
      attempts: 2,
      reason_code: 'attempts-exhausted',
    });
    expect(incident.reason_code).toBe('attempts-exhausted');
  });

  it('leaves everything else untouched', async () => {
    expect(system.startsOf('neighbour')).toEqual([neighbourPid]);
    expect(await system.pidOf('neighbour')).toBe(neighbourPid);
    const fixes = new Set(incident.timeline.filter(({ type }) => type === 'FixCommanded').map(({ data }) => data['target']));
    expect([...fixes]).toEqual(['memory']);
  });

  it('starts nothing more while reports go on coming in', async () => {
    await system.reportsAfter(incident, 3);
    expect(system.startsOf('memory')).toHaveLength(3);
  });

  it('leaves a log that breaks no law', async () => {
    expect(describeViolations(checkLog(await system.settledEvidence()))).toBe('');
  }, 90_000);
});
