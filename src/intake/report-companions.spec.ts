import { describe, expect, it } from '@jest/globals';
import { InMemoryCheckpoints, type StreamCondition } from '#libs/event-store';
import { NatsLink } from '#libs/messaging';
import { buildConfiguration } from '../../test/builders/configuration-builder.ts';
import { FlakyEventStore } from '../../test/builders/flaky-event-store.ts';
import { buildMessage } from '../../test/builders/inbound-message-builder.ts';
import { buildWireError } from '../../test/builders/incident-builder.ts';
import { readWhole } from '../../test/builders/log-builder.ts';
import { ManualClock } from '../../test/builders/manual-clock.ts';
import { RecordingLogger } from '../../test/builders/recording-logger.ts';
import { Log, toStreamWrites } from '../platform/log/log.ts';
import { Metrics } from '../platform/metrics/metrics.ts';
import { DeadLettersService } from './dead-letters.service.ts';
import { ReceiptsService } from './receipts.service.ts';
import { type FindCompanion, ReportCompanions } from './report-companions.service.ts';
import { ReportsService } from './reports.service.ts';

const FREED = { type: 'SlotReleased', data: { target: 'a', fix_id: 'b' } };

/** An intake, and somebody who stores one event with each report. */
class Intake {
  readonly events = new FlakyEventStore();
  readonly log = new Log(this.events, new InMemoryCheckpoints(), new ManualClock());
  readonly logger = new RecordingLogger();
  readonly settled: boolean[] = [];
  private readonly companions = new ReportCompanions(this.logger);
  private readonly reports: ReportsService;

  constructor(find?: FindCompanion, conditions: readonly StreamCondition[] = []) {
    const metrics = new Metrics();
    const link = Object.assign(Object.create(NatsLink.prototype) as NatsLink, { send: () => undefined });
    const receipts = new ReceiptsService(link, buildConfiguration());
    const deadLetters = new DeadLettersService(this.log, metrics);
    this.reports = new ReportsService(this.log, new ManualClock(), receipts, deadLetters, metrics, this.companions);
    const onSettled = (isStored: boolean): void => void this.settled.push(isStored);
    const findOne: FindCompanion = async ({ id }) => ({
      writes: toStreamWrites({ actor: 'test', cause: { id }, writes: [{ stream: 's', expected: 'any', events: [FREED] }] }),
      conditions,
      onSettled,
    });
    this.companions.provide(find ?? findOne);
  }

  /** Of one report, with this message. */
  takeIn(message = 'it ended'): Promise<unknown> {
    const error = buildWireError({ data: { check: 'http', reason: 'exited', message } });
    return this.reports.takeIn([buildMessage({ body: { v: 1, agent_id: 'memory-agent', items: [{ error }] } })]);
  }

  async types(): Promise<string[]> {
    return (await readWhole(this.log)).map(({ type }) => type);
  }
}

const ACKED = [{ action: 'ack' }];

describe('what a report sets off', () => {
  it('is stored right behind the report, in its append, and says what caused it', async () => {
    const intake = new Intake();
    expect(await intake.takeIn()).toEqual(ACKED);
    const [report, freed] = await readWhole(intake.log);
    expect([report?.type, freed?.type]).toEqual(['ErrorReported', 'SlotReleased']);
    expect(freed?.recordedAt).toEqual(report?.recordedAt);
    expect(freed?.metadata).toEqual({ actor: 'test', causation_id: report?.id });
    expect(intake.settled).toEqual([true]);
  });

  it('is left out where the log refuses it, and the report is stored', async () => {
    const intake = new Intake(undefined, [{ stream: 'never', expected: 7 }]);
    expect(await intake.takeIn()).toEqual(ACKED);
    expect(await intake.types()).toEqual(['ErrorReported']);
    expect(intake.settled).toEqual([false]);
  });

  it('is stored no second time with a report that comes again', async () => {
    const intake = new Intake();
    await intake.takeIn();
    expect(await intake.takeIn()).toEqual(ACKED);
    expect(await intake.types()).toEqual(['ErrorReported', 'SlotReleased']);
    expect(intake.settled).toEqual([true, false]);
  });

  it('is not stored with a report that was another one before', async () => {
    const intake = new Intake();
    await intake.takeIn();
    await intake.takeIn('it says something else');
    expect(await intake.types()).toEqual(['ErrorReported', 'SlotReleased', 'MessageDeadLettered']);
    expect(intake.settled).toEqual([true, false]);
  });

  const DEFECT = new TypeError('a defect');
  it.each<[string, FindCompanion]>([
    ['while it is looked for', () => Promise.reject(DEFECT)],
    [
      'at once',
      () => {
        throw DEFECT;
      },
    ],
  ])('harms no report where something fails %s, and somebody is told', async (_when, find) => {
    const intake = new Intake(find);
    expect(await intake.takeIn()).toEqual(ACKED);
    expect(await intake.types()).toEqual(['ErrorReported']);
    expect(intake.logger.problems).toHaveLength(1);
  });

  it.each([
    ['nothing was stored', 'before', []],
    ['nobody knows what was stored', 'after', ['ErrorReported', 'SlotReleased']],
  ] as const)('is held for not stored where %s, and the message comes again', async (_what, failure, types) => {
    const intake = new Intake();
    intake.events.nextFailure = failure;
    await expect(intake.takeIn()).rejects.toThrow(/broken/);
    expect(intake.settled).toEqual([false]);
    expect(await intake.types()).toEqual(types);
    expect(await intake.takeIn()).toEqual(ACKED);
    expect(await intake.types()).toEqual(['ErrorReported', 'SlotReleased']);
  });
});
