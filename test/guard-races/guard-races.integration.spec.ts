import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceEntry } from '../../src/catalogue/catalogue.events.ts';
import { GUARDS } from '../../src/healing/guards/guard-list.ts';
import type { IncidentEvent } from '../../src/incidents/incident.events.ts';
import { keyOfIncident } from '../../src/incidents/incident-key.ts';
import { readWhole } from '../builders/log-builder.ts';
import { logStreams } from '../../src/platform/log/stream-names.ts';
import { Race, type Wish } from './race.ts';
import { type OpenIncident, RaceStage } from './race-stage.ts';

const RACERS = 4;
const TARGETS = Array.from({ length: RACERS }, (_, n) => `service-${n}`);
const fourTimes = <T>(value: T): T[] => Array.from({ length: RACERS }, () => value);

let race: Race;

beforeAll(async () => {
  race = await Race.start(RACERS);
}, 120_000);
afterAll(() => race.stop());

async function withStage<T>(use: (stage: RaceStage) => Promise<T>): Promise<T> {
  const stage = await RaceStage.open(TARGETS);
  try {
    return await use(stage);
  } finally {
    await stage.close();
  }
}

/** An incident for each of the four, each on a target of its own, or all on one. */
async function openFour(stage: RaceStage, pick: (n: number) => string | undefined = (n) => TARGETS[n]): Promise<OpenIncident[]> {
  const opened: OpenIncident[] = [];
  for (const n of TARGETS.keys()) opened.push(await stage.openIncident(pick(n) ?? '', `fp@1:race-${n}`));
  return opened;
}

interface LastPlace {
  guard: string;
  /** Of which the last one is free. */
  settings?: Record<string, number>;
  word: string;
  /** All fail on the same target. */
  isOneTarget?: boolean;
  actionsBefore?: number;
}

const LAST_PLACES: readonly LastPlace[] = [
  { guard: 'one-live-fix-per-target', isOneTarget: true, word: 'defer one-live-fix-per-target:another-fix-is-live' },
  {
    guard: 'action-rate',
    isOneTarget: true,
    settings: { max_actions_per_hour: 1 },
    word: 'escalate action-rate:too-many-actions-in-an-hour',
  },
  {
    guard: 'fleet-concurrency',
    settings: { max_live_fixes: 1 },
    word: 'defer fleet-concurrency:too-many-live-fixes',
  },
  { guard: 'blast-radius', settings: { blast_radius_share: 0 }, word: 'defer blast-radius:too-many-targets-touched' },
  { guard: 'budget', settings: { max_fleet_actions_per_hour: 1 }, word: 'defer budget:budget-is-spent' },
];

const changeService = (stage: RaceStage, parts: Partial<ServiceEntry>): Promise<void> =>
  stage.store(logStreams.catalogue, ...TARGETS.map((id) => stage.describeService({ id, ...parts })));

const stopAll = (stage: RaceStage): Promise<void> =>
  stage.store(logStreams.control, { type: 'HealingStopped', data: { scope: 'global', reason: 'a race' } });

interface Change {
  guard: string;
  word: string;
  what: string;
  make: (stage: RaceStage) => Promise<void>;
}

const CHANGES: readonly Change[] = [
  { guard: 'kill-switch', what: 'everything is stopped', word: 'deny kill-switch:healing-is-stopped', make: stopAll },
  {
    guard: 'never-touch',
    what: 'they must not be touched any more',
    word: 'escalate never-touch:must-not-be-touched',
    make: (stage) => stage.set({ never_touch: true }),
  },
  {
    guard: 'freeze',
    what: 'everything is frozen',
    word: 'defer freeze:frozen',
    make: (stage) =>
      stage.store(logStreams.policy, {
        type: 'FreezeBegun',
        data: { freeze_id: 'z', scope: 'global', from: new Date(0).toISOString(), until: null, reason: 'a race' },
      }),
  },
  {
    guard: 'exactly-one-owned-target',
    what: 'they are taken out of the catalogue',
    word: 'deny exactly-one-owned-target:target-not-in-catalogue',
    make: (stage) => stage.store(logStreams.catalogue, ...TARGETS.map((id) => ({ type: 'ServiceRetired', data: { id } }))),
  },
  {
    guard: 'evidence-ceiling',
    what: 'they get another owner than the one that reported',
    word: 'deny evidence-ceiling:reported-by-a-foreign-agent',
    make: (stage) => changeService(stage, { owner_agent: 'another-agent' }),
  },
  {
    guard: 'last-healthy-replica',
    what: 'they turn out to have other replicas',
    word: 'deny last-healthy-replica:other-replicas-not-known-to-be-healthy',
    make: (stage) => changeService(stage, { single_replica: false, replicas: 3 }),
  },
  {
    guard: 'dependency-is-up',
    what: 'they turn out to need what nobody knows',
    word: 'deny dependency-is-up:dependency-unknown',
    make: (stage) => changeService(stage, { depends_on: ['database'] }),
  },
  {
    guard: 'fresh-evidence',
    what: 'evidence is said to age sooner',
    word: 'defer fresh-evidence:target-answers-probes',
    make: (stage) => stage.set({ max_evidence_age_ms: 0 }),
  },
  {
    guard: 'target-is-failing',
    what: 'their agent says that they work',
    word: 'defer target-is-failing:target-is-healthy-again',
    make: async (stage) => {
      for (const id of TARGETS) await stage.parts.say(id, 'healthy');
    },
  },
  {
    guard: 'correlated-storm',
    what: 'a storm is told',
    word: 'defer correlated-storm:many-targets-fail-alike',
    make: (stage) =>
      stage.store(logStreams.storm, {
        type: 'StormDetected',
        data: { symptom: 'service-down', failing_targets: 9, all_targets: 9, window_ms: 60_000 },
      }),
  },
  {
    guard: 'cool-down',
    what: 'somebody acted on them, and is done',
    word: 'defer cool-down:target-cools-down',
    make: async (stage) => {
      for (const target of TARGETS)
        await stage.store(
          logStreams.slot(target),
          { type: 'SlotReserved', data: { target, fix_id: 'other', command_id: 'other.1' } },
          { type: 'SlotReleased', data: { target, fix_id: 'other' } },
        );
    },
  },
  {
    guard: 'autonomy',
    what: 'they may only be watched',
    word: 'deny autonomy:only-observed',
    make: (stage) => stage.set({ autonomy: 'shadow' }),
  },
  {
    guard: 'approval',
    what: 'persons are to be asked',
    word: 'ask approval:needs-approval',
    make: (stage) => stage.set({ autonomy: 'ask' }),
  },
];

/** What they look at belongs to the incident itself, or to the process that decides. */
const RACED_ELSEWHERE = ['symptom-persists', 'read-models-current', 'futility'];

describe('four orchestrators that decide at one moment', () => {
  it.each(LAST_PLACES)('let one have what $guard has left, and say why of the others', (place) =>
    withStage(async (stage) => {
      if (place.settings !== undefined) await stage.set(place.settings);
      const opened = await openFour(stage, place.isOneTarget === true ? () => TARGETS[0] : undefined);
      const wishes = opened.map((incident) => stage.consider(incident));
      expect(await race.run(wishes, async () => {})).toBe(RACERS);
      expect(await stage.count('FixCommanded')).toBe(1);
      expect((await stage.decisions()).toSorted()).toEqual(
        ['act all-guards-allow', ...fourTimes(place.word).slice(1)].toSorted(),
      );
    }),
  );

  it.each(CHANGES)('command nothing when $what before a command is stored ($guard)', ({ word, make }) =>
    withStage(async (stage) => {
      const wishes = (await openFour(stage)).map((incident) => stage.consider(incident));
      expect(await race.run(wishes, () => make(stage))).toBe(RACERS);
      expect(await stage.count('FixCommanded')).toBe(0);
      expect(await stage.decisions()).toEqual(fourTimes(word));
    }),
  );

  it('command nothing when the fault has come back for the third time before a command is stored (futility)', () =>
    withStage(async (stage) => {
      const opened = await stage.openIncident('service-0', 'fp@1:race');
      const first = (await readWhole(stage.log)).find((event) => event.id === opened.trigger.id);
      const incidentOf = (episode: number): string => `${keyOfIncident(opened.incidentId)}-${episode}`;
      const returning = [1, 2, 3].flatMap((episode): IncidentEvent[] => {
        const about = { incident_id: incidentOf(episode), fix_id: `f${episode}`, strategy: 'restart/service' };
        const again = { ...first?.data, incident_id: incidentOf(episode + 1), episode: episode + 1 };
        return [
          { type: 'IncidentHealing', data: about },
          { type: 'IncidentResolved', data: { ...about, duration_ms: 1 } },
          { type: 'IncidentOpened', data: again as Extract<IncidentEvent, { type: 'IncidentOpened' }>['data'] },
        ];
      });
      const comeBack = (): Promise<void> => stage.store(logStreams.incident(keyOfIncident(opened.incidentId)), ...returning);
      expect(await race.run(fourTimes(stage.consider(opened)), comeBack)).toBe(RACERS);
      expect(await stage.decisions()).toEqual([]);
      await race.run(fourTimes(stage.consider({ ...opened, incidentId: incidentOf(4) })), async () => {});
      expect(await stage.count('FixCommanded')).toBe(0);
      expect(await stage.decisions()).toEqual(['escalate futility:fault-keeps-returning']);
    }));

  it('act once on what four persons approve at one moment, and not at all when that is stopped meanwhile', async () => {
    for (const isStopped of [false, true]) {
      await withStage(async (stage) => {
        const wishes = await askPersons(stage);
        await race.run(wishes, async () => (isStopped ? stopAll(stage) : undefined));
        expect(await stage.count('FixCommanded')).toBe(isStopped ? 0 : 1);
        const escalated = (await readWhole(stage.log)).filter(({ type }) => type === 'FixEscalated');
        expect(escalated.map(({ data }) => data['reason_code'])).toEqual(isStopped ? ['kill-switch:healing-is-stopped'] : []);
      });
    }
  });

  it('were raced over every guard', () => {
    const raced = [...LAST_PLACES, ...CHANGES].map(({ guard }) => guard);
    expect([...raced, ...RACED_ELSEWHERE].toSorted()).toEqual(GUARDS.map(({ name }) => name).toSorted());
  });
});

/** A fix that waits for persons, and four who allow it. */
async function askPersons(stage: RaceStage): Promise<Wish[]> {
  await stage.set({ autonomy: 'ask' });
  const { incidentId, trigger } = await stage.openIncident('service-0', 'fp@1:race');
  await stage.parts.starter.consider(incidentId, trigger);
  const fixId = `${incidentId}-1`;
  const actionSha256 = (await stage.parts.fixes.load(fixId)).state?.approval?.actionSha256 ?? '';
  return TARGETS.map((_, n) => stage.approve(fixId, { actionSha256, actor: `person-${n}` }));
}
