import { describe, expect, it, jest } from '@jest/globals';
import type { AppendResult, StoredEvent } from '#libs/event-store';
import { NatsLink } from '#libs/messaging';
import { buildConfiguration } from '../../../test/builders/configuration-builder.ts';
import { buildHealing, type HealingParts, MEMORY } from '../../../test/builders/healing-parts.ts';
import { BEGIN_MS, buildWireError } from '../../../test/builders/incident-builder.ts';
import { buildMessage } from '../../../test/builders/inbound-message-builder.ts';
import { incidentListDatabase } from '../../../test/builders/incident-list-database.ts';
import { readWhole, store } from '../../../test/builders/log-builder.ts';
import { ForeseenIncidents } from '../../incidents/foreseen-incidents.service.ts';
import { IncidentsProcessor } from '../../incidents/incidents.processor.ts';
import { OccurrencesService } from '../../incidents/occurrences.service.ts';
import { ServiceIncidents } from '../../incidents/service-incidents.service.ts';
import { DeadLettersService } from '../../intake/dead-letters.service.ts';
import { ReceiptsService } from '../../intake/receipts.service.ts';
import { ReportCompanions } from '../../intake/report-companions.service.ts';
import { ReportsService } from '../../intake/reports.service.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import { Metrics } from '../../platform/metrics/metrics.ts';
import { ForeseenFixes } from './foreseen-fixes.service.ts';

/** An orchestrator from its intake to its commands; its readers of the log move when the spec says so. */
class Stage {
  private sent = 0;

  private constructor(
    readonly parts: Awaited<ReturnType<typeof buildHealing>>,
    private readonly side: HealingParts,
    private readonly reports: ReportsService,
  ) {}

  static async open(): Promise<Stage> {
    const parts = await buildHealing();
    await parts.say('memory', 'unhealthy');
    return Stage.build(parts, parts);
  }

  /** Another one on the same log. */
  async beside(): Promise<Stage> {
    const stage = await Stage.build(this.parts, await this.parts.replica());
    stage.sent = 500;
    return stage;
  }

  private static async build(parts: Stage['parts'], side: HealingParts): Promise<Stage> {
    const { log, clock, catalogue, decisions, logger, subscriptions, drafts, decided, knowledge } = side;
    const metrics = new Metrics();
    const link = Object.assign(Object.create(NatsLink.prototype) as NatsLink, { send: () => undefined });
    const companions = new ReportCompanions(logger);
    const receipts = new ReceiptsService(link, buildConfiguration());
    const reports = new ReportsService(log, clock, receipts, new DeadLettersService(log, metrics), metrics, companions);
    const occurrences = new OccurrencesService(side.incidents, catalogue, clock, logger);
    const listed = new ServiceIncidents(incidentListDatabase(log));
    new IncidentsProcessor(side.incidents, occurrences, listed, log, subscriptions);
    const incidents = new ForeseenIncidents(occurrences, clock);
    new ForeseenFixes(companions, incidents, decisions, drafts, decided, knowledge, subscriptions).onModuleInit();
    await side.states.load('memory');
    const stage = new Stage(parts, side, reports);
    await stage.settle();
    return stage;
  }

  /** What the agent reports; each is another report, and each number another fault. */
  async report({ faults = [1], storedAt = this.parts.clock.now(), source = 'backend-memory' } = {}): Promise<void> {
    await this.takeIn(
      faults.map((fault) => this.toError(fault, source)),
      storedAt,
    );
  }

  async reportAll(sources: readonly string[]): Promise<void> {
    await this.takeIn(sources.map((source) => this.toError(1, source)));
  }

  async redeliver(): Promise<void> {
    this.sent -= 1;
    await this.report();
  }

  private async takeIn(errors: readonly object[], storedAt = this.parts.clock.now()): Promise<void> {
    const body = { v: 1, agent_id: 'memory-agent', items: errors.map((error) => ({ error })) };
    expect(await this.reports.takeIn([buildMessage({ body, storedAt })])).toEqual([{ action: 'ack' }]);
  }

  giveHeadStart(): void {
    this.side.subscriptions.giveHeadStart(() => 2_000);
  }

  /** Lets those who read the log do what is left to them. */
  settle(): Promise<void> {
    return this.side.subscriptions.drain();
  }

  async stored(): Promise<StoredEvent[]> {
    return (await readWhole(this.parts.log)).filter(({ type }) => !SETTING.has(type));
  }

  async types(): Promise<string[]> {
    return (await this.stored()).map(({ type }) => type);
  }

  private toError(fault: number, source: string): object {
    this.sent += 1;
    const id = `01900000-0000-7000-8000-${String(this.sent).padStart(12, '0')}`;
    // Its fingerprint goes by what was checked.
    const data = { check: `http-${'abcdefgh'.charAt(fault)}`, reason: 'exited', message: 'it ended' };
    return { ...buildWireError({ data }), id, source, timestamp: this.parts.clock.now().toISOString() };
  }
}

const SETTING = new Set(['AgentRegistered', 'ServiceRegistered', 'ServiceChanged', 'ServiceStateChanged']);

const TOGETHER = [
  'ErrorReported',
  'IncidentOpened',
  'IncidentHealing',
  'DecisionMade',
  'FixObserved',
  'FixGuarded',
  'FixCommanded',
  'TimerSet',
  'SlotReserved',
  'FleetSlotReserved',
  'FleetSlotReserved',
  'FleetSlotReserved',
];

describe('a fault that nobody has seen before', () => {
  it('is left to those who read the log where another orchestrator goes first', async () => {
    const stage = await Stage.open();
    stage.giveHeadStart();
    await stage.report();
    expect(await stage.types()).toEqual(['ErrorReported']);
    await stage.settle();
    expect(await stage.types()).toEqual(expect.arrayContaining(['IncidentOpened', 'FixCommanded']));
  });

  it('is stored with its incident, the decision and the command in one append', async () => {
    const stage = await Stage.open();
    await stage.report();
    const stored = await stage.stored();
    expect(stored.map(({ type }) => type)).toEqual(TOGETHER);
    const [report, opened, healing, decision] = stored;
    expect(new Set(stored.map(({ recordedAt }) => recordedAt.getTime())).size).toBe(1);
    expect([opened, healing].map((event) => event?.metadata.causation_id)).toEqual([report?.id, report?.id]);
    expect(decision?.metadata.causation_id).toBe(opened?.id);
    expect(stored.some(({ metadata }) => 'causation_position' in metadata)).toBe(false);
    expect(opened?.data).toMatchObject({ evidence: { report_event_id: report?.id, exited: true } });
    expect(opened?.data['evidence']).not.toHaveProperty('report_position');
    expect(decision?.data).toMatchObject({ verdict: 'act', reason_code: 'all-guards-allow' });
    expect(decision?.data['inputs']).toMatchObject({ evidence: opened?.data['evidence'] });
  });

  it('leaves nothing to do to those who read the log', async () => {
    const stage = await Stage.open();
    await stage.report();
    await stage.settle();
    expect(await stage.types()).toEqual(TOGETHER);
    const incidentId = (await stage.stored())[1]?.metadata.correlation_id ?? '';
    const { episode } = (await stage.parts.incidents.findEpisode(incidentId)) ?? {};
    expect(episode).toMatchObject({ state: 'healing', count: 1, fixId: `${incidentId}-1` });
  });

  it('is stored once, however often its report is delivered', async () => {
    const stage = await Stage.open();
    await stage.report();
    await stage.redeliver();
    await stage.settle();
    expect(await stage.types()).toEqual(TOGETHER);
  });

  it('comes before what is reported of it meanwhile, so that all of it is counted', async () => {
    const stage = await Stage.open();
    await stage.report({ faults: [1, 1, 1] });
    expect(await stage.types()).toEqual([...TOGETHER, 'ErrorReported', 'ErrorReported']);
    await stage.settle();
    stage.parts.clock.advance(11_000);
    await stage.report();
    await stage.settle();
    const grown = (await stage.stored()).findLast(({ type }) => type === 'IncidentGrew');
    expect(grown?.data).toMatchObject({ count: 4 });
  });

  it('counts with it what was reported before and nobody has counted yet', async () => {
    const example = await Stage.open();
    await example.report();
    const [reported] = await example.stored();
    const stage = await Stage.open();
    await store(stage.parts.log, logStreams.reports('other-agent'), { type: 'ErrorReported', data: { ...reported?.data } });
    await stage.report();
    expect((await stage.types()).slice(1)).toEqual(TOGETHER);
    await stage.settle();
    stage.parts.clock.advance(11_000);
    await stage.report();
    await stage.settle();
    const grown = (await stage.stored()).findLast(({ type }) => type === 'IncidentGrew');
    expect(grown?.data).toMatchObject({ count: 3 });
  });

  it('is acted upon once when two orchestrators hear of it at once', async () => {
    const one = await Stage.open();
    const other = await one.beside();
    await Promise.all([one.report(), other.report()]);
    await one.settle();
    await other.settle();
    const types = await one.types();
    expect(types.filter((type) => type === 'FixCommanded' || type === 'IncidentOpened')).toEqual([
      'IncidentOpened',
      'FixCommanded',
    ]);
    expect(types.filter((type) => type === 'ErrorReported')).toHaveLength(2);
  });

  it('is a matter of those who read the log while the one that decides has broken off', async () => {
    const stage = await Stage.open();
    stage.parts.knowledge.lose();
    await stage.report();
    expect(await stage.types()).toEqual(['ErrorReported']);
  });

  it('waits for nothing that takes long', async () => {
    const stage = await Stage.open();
    const { drafts } = stage.parts;
    jest.spyOn(drafts, 'suppose').mockReturnValueOnce(new Promise(() => undefined));
    await stage.report();
    expect(await stage.types()).toEqual(['ErrorReported']);
    await stage.report();
    expect(await stage.types()).toEqual(['ErrorReported', 'ErrorReported']);
  });

  it('is a matter of those who read the log once this process has seen it', async () => {
    const stage = await Stage.open();
    await stage.parts.changeService({ autonomy: 'off' });
    await stage.report();
    await stage.parts.changeService({ autonomy: 'auto' });
    await stage.report();
    expect((await stage.types()).slice(0, 2)).toEqual(['ErrorReported', 'ErrorReported']);
    await stage.settle();
    expect(await stage.types()).toContain('FixCommanded');
  });
});

const HOUR_MS = 3_600_000;
const later = (ms: number): string => new Date(BEGIN_MS + ms).toISOString();
const slotOf = (target: string): object => ({ target, fix_id: 'f9', command_id: 'f9.1' });

/** What another orchestrator stores, of which this one has not heard. */
const UNHEARD: [what: string, stream: string, type: string, data: object][] = [
  ['everything was stopped', logStreams.control, 'HealingStopped', { scope: 'global', reason: 'no' }],
  [
    'the service was frozen',
    logStreams.policy,
    'FreezeBegun',
    { freeze_id: 'z', scope: 'service:memory', from: later(0), until: null, reason: 'no' },
  ],
  ['the service is said to be healthy', logStreams.service('memory'), 'ServiceStateChanged', { to: 'healthy' }],
  ['the service was retired', logStreams.catalogue, 'ServiceRetired', { id: MEMORY.id }],
  [
    'a storm has begun',
    logStreams.storm,
    'StormDetected',
    { symptom: 'service-down', failing_targets: 9, all_targets: 9, window_ms: 60_000 },
  ],
  ['somebody else is acting on it', logStreams.slot('memory'), 'SlotReserved', slotOf('memory')],
];

describe('what a fault is decided upon before it is stored', () => {
  it.each(UNHEARD)('is refused by the log where %s unheard: the report is stored, nothing is commanded', async (...row) => {
    const [, stream, type, data] = row;
    const stage = await Stage.open();
    const storedAt = stage.parts.clock.now();
    stage.parts.clock.advance(1_000);
    await store(stage.parts.log, stream, {
      type,
      data: { service_id: 'memory', agent_id: 'memory-agent', from: 'unhealthy', ...data },
    });
    const append = jest.spyOn(stage.parts.events, 'append');
    await stage.report({ storedAt });
    const answers = await Promise.all(append.mock.results.map(({ value }) => value as Promise<AppendResult>));
    expect(answers.map(({ status }) => status)).toEqual(['conflict', 'appended']);
    expect((await stage.types()).filter((stored) => stored !== type)).toEqual(['ErrorReported']);
    await stage.settle();
    expect(await stage.types()).not.toContain('FixCommanded');
  });

  it('is refused where all places of the fleet were taken unheard', async () => {
    const stage = await Stage.open();
    for (let place = 0; place < 10; place++) {
      const data = { limit: 'live', place, target: 'other', fix_id: `f${place}`, command_id: `f${place}.1` };
      await store(stage.parts.log, logStreams.fleetSlot('live', place), { type: 'FleetSlotReserved', data });
    }
    await stage.report();
    expect((await stage.types()).slice(10)).toEqual(['ErrorReported']);
    await stage.settle();
    expect(await stage.types()).not.toContain('FixCommanded');
  });

  const withParts = (change: (parts: HealingParts) => unknown): ((parts: HealingParts) => unknown) => change;
  it.each([
    ['the agents were told to stop', withParts(({ control }) => control.stop({ scope: 'global', reason: 'no', actor: 'ana' }))],
    ['nobody may act without being asked', withParts((parts) => parts.changeService({ autonomy: 'ask' }))],
    ['it needs something else', withParts((parts) => parts.addDependency())],
    ['nobody knows how far the read models are', withParts((parts) => (parts.readModelLagMs = undefined))],
    ['it is to be left alone', withParts((parts) => parts.changeService({ autonomy: 'off' }))],
  ])('leaves it to those who read the log where %s', async (_what, change) => {
    const stage = await Stage.open();
    await change(stage.parts);
    await stage.report();
    expect(await stage.types()).toEqual(['ErrorReported']);
    await stage.settle();
    const types = await stage.types();
    expect(types).toContain('DecisionMade');
    expect(types).not.toContain('FixCommanded');
  });

  it('is not what was seen long ago', async () => {
    const stage = await Stage.open();
    const storedAt = stage.parts.clock.now();
    stage.parts.clock.advance(HOUR_MS);
    await stage.report({ faults: [1], storedAt });
    expect(await stage.types()).toEqual(['ErrorReported']);
  });

  it('counts those that fail alike at once, though the log tells of none of them yet', async () => {
    const stage = await Stage.open();
    const ids = Array.from({ length: 12 }, (_, n) => `service-${n}`);
    for (const id of ids) {
      await stage.parts.addService({ id });
      await stage.parts.say(id, 'unhealthy');
      await stage.parts.states.load(id);
    }
    await stage.settle();
    await stage.reportAll(ids.map((id) => `backend-${id}`));
    expect(new Set(await stage.types())).toEqual(new Set(['ErrorReported']));
  });
});
