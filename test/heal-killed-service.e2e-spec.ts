/** @machine alone */
import { describe, expect, it } from '@jest/globals';
import type { IncidentDetail, TimelineEntry } from '#libs/contracts';
import { checkLog, describeViolations } from '#libs/testing';
import { runRounds } from './system/in-parallel.ts';
import { median } from './system/median.ts';
import { TestSystem } from './system/test-system.ts';

const ROUNDS = 3;
const AT_ONCE = 3;

const STORY = [
  'ErrorReported',
  'IncidentOpened',
  'DecisionMade',
  'FixObserved',
  'FixGuarded',
  'FixCommanded',
  'FixAcknowledged',
  'FixExecuted',
  'VerificationStarted',
  'VerdictReached',
  'FixHealed',
  'IncidentResolved',
];

interface Round {
  incident: IncidentDetail;
  detectedMs: number;
  decidedMs: number;
  recoveredMs: number;
  resolvedMs: number;
}

async function killAndWatch(index: number): Promise<Round> {
  const serviceId = `memory-${index}`;
  const system = await TestSystem.start({ services: [serviceId] });
  try {
    const before = await system.pidOf(serviceId);
    process.kill(before, 'SIGKILL');
    const killedAt = Date.now();
    const incident = await system.endedIncident(30_000);
    const after = (type: string): number => Date.parse(find(incident, type)?.recorded_at ?? '') - killedAt;
    expect(system.startsOf(serviceId)).toHaveLength(2);
    expect(await system.pidOf(serviceId)).not.toBe(before);
    expect(describeViolations(checkLog(await system.settledEvidence()))).toBe('');
    return {
      incident,
      detectedMs: after('ErrorReported'),
      decidedMs: after('DecisionMade'),
      recoveredMs: after('ProbeObserved'),
      resolvedMs: after('IncidentResolved'),
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${system.describe()}`, { cause: error });
  } finally {
    await system.stop();
  }
}

const find = (incident: IncidentDetail, type: string): TimelineEntry | undefined =>
  incident.timeline.find((entry) => entry.type === type);

describe('a service whose process is killed', () => {
  it(`is healed and verified by six clean probes, ${ROUNDS} times out of ${ROUNDS}`, async () => {
    const rounds = await runRounds(ROUNDS, AT_ONCE, killAndWatch);
    for (const { incident } of rounds) {
      expect(incident.state).toBe('resolved');
      const types = incident.timeline.map(({ type }) => type);
      expect(types.filter((type) => STORY.includes(type))).toEqual(STORY);
      // In the append of the command where the fault was foreseen, and right after it otherwise.
      expect(types.slice(types.indexOf('IncidentOpened'), types.indexOf('FixExecuted'))).toContain('IncidentHealing');
      expect(incident.timeline.filter(({ type, data }) => type === 'ProbeObserved' && data['ok'] === true)).toHaveLength(6);
      expect(find(incident, 'VerdictReached')?.data).toMatchObject({ verdict: 'verified', clean_probes: 6, required_clean: 6 });
      expect(find(incident, 'DecisionMade')?.data).toMatchObject({
        rule: 'service-down',
        choice: 'restart/service',
        verdict: 'act',
      });
      expect(causesAreTold(incident)).toBe(true);
    }
    const times = (['detectedMs', 'decidedMs', 'recoveredMs', 'resolvedMs'] as const).map((name) => {
      const values = rounds.map((round) => round[name]);
      return `${name} median ${median(values)} worst ${Math.max(...values)}`;
    });
    process.stdout.write(`killed service, ${ROUNDS} rounds, ms after the kill: ${times.join(' · ')}\n`);
  }, 600_000);
});

/** Every event whose cause is told names one that stands in the story, and before it. */
function causesAreTold({ timeline }: IncidentDetail): boolean {
  return timeline.every(
    ({ caused_by: cause }, index) => cause === null || timeline.slice(0, index).some((entry) => entry.event_id === cause),
  );
}
