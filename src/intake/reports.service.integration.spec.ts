import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresCheckpoints, PostgresEventStore } from '#libs/event-store';
import { agentSubject } from '#libs/contracts';
import { intakeConsumer, type NatsLink, Provisioner, startBatchConsumer } from '#libs/messaging';
import { createTestDatabase, startTestNats, type TestDatabase, type TestNats, waitUntil } from '#libs/testing';
import { buildConfiguration } from '../../test/builders/configuration-builder.ts';
import { buildWireError } from '../../test/builders/incident-builder.ts';
import { ManualClock } from '../../test/builders/manual-clock.ts';
import { noCompanions } from '../../test/builders/no-companions.ts';
import { Log } from '../platform/log/log.ts';
import { Metrics } from '../platform/metrics/metrics.ts';
import { DeadLettersService } from './dead-letters.service.ts';
import { REPORTS } from './intake.consumer.ts';
import { ReceiptsService } from './receipts.service.ts';
import { ReportsService } from './reports.service.ts';

const MESSAGES = 12;
const ITEMS = 500;
const config = buildConfiguration();
const SUBJECT = agentSubject({ tenant: config.tenant, agentClass: 'service', agentId: 'memory-agent' }, 'report');
const definition = intakeConsumer(config.tenant, 'reports');
const encode = (body: object): Uint8Array => new TextEncoder().encode(JSON.stringify(body));
const idOf = (message: number, item: number): string =>
  `01900000-0000-7000-8000-${String(message * ITEMS + item).padStart(12, '0')}`;

describe('the intake of a backlog', () => {
  let database: TestDatabase;
  let events: PostgresEventStore;
  let nats: TestNats;
  let link: NatsLink;
  beforeAll(async () => {
    database = await createTestDatabase();
    nats = await startTestNats({ tenant: config.tenant });
    link = await nats.connectOrchestrator();
    await new Provisioner({ link, tenant: config.tenant, log: () => undefined }).addConsumer(definition);
    events = new PostgresEventStore({ connectionString: database.appUrl, limits: { maxWaitingEvents: 4_000 } });
  });
  afterAll(async () => {
    await events.close();
    await database.drop();
    await nats.stop();
  });

  it('is done although it holds more than the queue of the log', async () => {
    const log = new Log(events, new PostgresCheckpoints(events.pool), new ManualClock());
    const metrics = new Metrics();
    const deadLetters = new DeadLettersService(log, metrics);
    const reports = new ReportsService(
      log,
      new ManualClock(),
      new ReceiptsService(link, config),
      deadLetters,
      metrics,
      noCompanions(),
    );
    for (let message = 0; message < MESSAGES; message++) {
      const items = Array.from({ length: ITEMS }, (_item, item) => ({ error: { ...buildWireError(), id: idOf(message, item) } }));
      await link.publish({ subject: SUBJECT, body: encode({ v: 1, agent_id: 'memory-agent', items }) });
    }
    const consumer = startBatchConsumer({
      link,
      stream: definition.stream,
      consumer: definition.name,
      handle: (messages) => reports.takeIn(messages),
      deadLetter: async (letter) => deadLetters.bury(letter),
      log: () => undefined,
      ...REPORTS,
    });
    await waitUntil(async () => (await events.head()).position >= MESSAGES * ITEMS);
    await consumer.stop();
    expect((await events.head()).position).toBe(MESSAGES * ITEMS);
  });
});
