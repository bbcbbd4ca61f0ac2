import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IncidentDetail, TimelineEntry } from '#libs/contracts';
import { LogEventPageSchema } from '#libs/contracts/schemas';
import { checkLog, describeViolations, waitUntil } from '#libs/testing';
import { TestSystem } from './system/test-system.ts';

let system: TestSystem;
/** As it was while the dependency was down, and when it had ended. */
let held: IncidentDetail;
let ended: IncidentDetail;
/** Of a service that only a person may heal. */
let left: IncidentDetail;
let startsWhileHeld: number[];
let commandsWhileHeld: string[];

const DENIED = 'dependency-is-up:dependency-is-down';

const decisionsIn = ({ timeline }: IncidentDetail): TimelineEntry[] => timeline.filter(({ type }) => type === 'DecisionMade');
const isDecided = (incident: IncidentDetail): boolean => decisionsIn(incident).length > 0;
const isEscalated = ({ state }: IncidentDetail): boolean => state === 'escalated';
const stateOf = async (id: string): Promise<string | undefined> =>
  (await system.services()).find(({ service_id: serviceId }) => serviceId === id)?.state;
const hasEnded = ({ state }: IncidentDetail): boolean => state === 'resolved' || state === 'escalated';

beforeAll(async () => {
  const services = ['rag', 'memory', 'notes'];
  system = await TestSystem.start({ services, dependsOn: { rag: ['memory'] }, notHealed: ['notes'] });
  system.breakStart('memory');
  process.kill(await system.pidOf('notes'), 'SIGKILL');
  process.kill(await system.pidOf('memory'), 'SIGKILL');
  await system.incidentOf('memory', isEscalated);
  // Its agent may say so later than the command failed.
  await waitUntil(async () => (await stateOf('memory')) === 'stopped');
  process.kill(await system.pidOf('rag'), 'SIGKILL');
  held = await system.incidentOf('rag', isDecided);
  // More of the same is reported, and asked about.
  await system.reportsAfter(held, 2);
  held = await system.incidentOf('rag', isDecided);
  [startsWhileHeld, commandsWhileHeld] = [system.startsOf('rag'), system.begunCommands()];
  await system.repair('memory', 'notes');
  ended = await system.incidentOf('rag', hasEnded);
  left = await system.incidentOf('notes', hasEnded);
}, 150_000);

afterAll(() => system.stop());

describe('a service that ends while what it needs is down', () => {
  it('is not restarted, and the decision names the reason and the dependency', () => {
    expect(held.state).toBe('open');
    const [decision, ...others] = decisionsIn(held);
    expect(others).toEqual([]);
    expect(decision?.data).toMatchObject({ verdict: 'deny', reason_code: DENIED, choice: 'restart/service' });
    expect(decision?.data['inputs']).toMatchObject({ dependencies: [{ id: 'memory', state: 'stopped', probe: null }] });
  });

  it('is sent no command, and starts no process', () => {
    expect(startsWhileHeld).toHaveLength(1);
    expect(held.timeline.filter(({ type }) => /^(FixCommanded|SlotReserved)$/.test(type))).toEqual([]);
    expect(commandsWhileHeld.filter((id) => id.startsWith(held.incident_id))).toEqual([]);
    // The two attempts of its dependency, and nothing else.
    expect(commandsWhileHeld).toHaveLength(2);
  });

  it('is decided about again when a person has repaired what it needs, and healed', () => {
    expect(ended.incident_id).toBe(held.incident_id);
    expect(ended.state).toBe('resolved');
    const verdicts = decisionsIn(ended).map(({ data }) => data['verdict']);
    expect([verdicts[0], verdicts.at(-1)]).toEqual(['deny', 'act']);
    expect(ended.timeline.find(({ type }) => type === 'VerdictReached')?.data).toMatchObject({ verdict: 'verified' });
    expect(system.startsOf('rag')).toHaveLength(2);
    expect(system.begunCommands().filter((id) => id.startsWith(held.incident_id))).toHaveLength(1);
  });
});

describe('a service that may not be healed, and that a person starts again', () => {
  const typesOf = ({ timeline }: IncidentDetail): string[] => timeline.map(({ type }) => type);

  it("is over when the orchestrator's own probes say so", () => {
    expect(left.state).toBe('resolved');
    expect(decisionsIn(left).map(({ data }) => data['verdict'])).toEqual(['deny', 'confirm']);
    expect(left.timeline.filter(({ type, data }) => type === 'ProbeObserved' && data['ok'] === true)).toHaveLength(6);
    expect(left.timeline.find(({ type }) => type === 'VerdictReached')?.data).toMatchObject({
      verdict: 'superseded',
      reason_code: 'recovered-without-the-fix',
    });
    expect(typesOf(left).slice(-2)).toEqual(['FixHealed', 'IncidentResolved']);
  });

  it('was sent no command', () => {
    expect(typesOf(left)).not.toContain('FixCommanded');
    expect(system.begunCommands().filter((id) => id.startsWith(left.incident_id))).toEqual([]);
    expect(system.startsOf('notes')).toHaveLength(2);
  });
});

describe('the person who is needed', () => {
  // Where the agent takes long to start anew, its silence is told as well.
  const ofServices = async (type: string): Promise<unknown[]> =>
    (await system.get(`/api/events?types=${type}`, LogEventPageSchema)).items
      .filter(({ data }) => data['root'] !== 'agent:rag-agent')
      .map(({ data }) => data['root']);

  it('is told once, of what is behind it, until that is over', async () => {
    await waitUntil(async () => (await ofServices('EscalationClosed')).length > 0);
    const roots = [await ofServices('EscalationRaised'), await ofServices('EscalationClosed')];
    expect(roots).toEqual([['service:memory'], ['service:memory']]);
  });
});

describe('the log of all that', () => {
  it('breaks no law', async () => {
    expect(describeViolations(checkLog(await system.settledEvidence()))).toBe('');
  });
});
