import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresCheckpoints, PostgresEventStore } from '#libs/event-store';
import { NatsLink } from '#libs/messaging';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { buildConfiguration } from '../../test/builders/configuration-builder.ts';
import { buildWireError } from '../../test/builders/incident-builder.ts';
import { buildMessage } from '../../test/builders/inbound-message-builder.ts';
import { ManualClock } from '../../test/builders/manual-clock.ts';
import { noCompanions } from '../../test/builders/no-companions.ts';
import { Log } from '../platform/log/log.ts';
import { Metrics } from '../platform/metrics/metrics.ts';
import { DeadLettersService } from './dead-letters.service.ts';
import { ReceiptsService } from './receipts.service.ts';
import { ReportsService } from './reports.service.ts';

const MESSAGES = 12;
const ITEMS = 500;
const idOf = (message: number, item: number): string =>
  `01900000-0000-7000-8000-${String(message * ITEMS + item).padStart(12, '0')}`;

describe('the intake of a backlog', () => {
  let database: TestDatabase;
  let events: PostgresEventStore;
  beforeAll(async () => {
    database = await createTestDatabase();
    events = new PostgresEventStore({ connectionString: database.appUrl, limits: { maxWaitingEvents: 4_000 } });
  });
  afterAll(async () => {
    await events.close();
    await database.drop();
  });

  it('is done although one batch holds more than the queue of the log', async () => {
    const log = new Log(events, new PostgresCheckpoints(events.pool));
    const metrics = new Metrics();
    const link = Object.assign(Object.create(NatsLink.prototype) as NatsLink, { send: () => undefined });
    const reports = new ReportsService(
      log,
      new ManualClock(),
      new ReceiptsService(link, buildConfiguration()),
      new DeadLettersService(log, metrics),
      metrics,
      noCompanions(),
    );
    const batch = Array.from({ length: MESSAGES }, (_, message) => {
      const items = Array.from({ length: ITEMS }, (_item, item) => ({ error: { ...buildWireError(), id: idOf(message, item) } }));
      return buildMessage({ sequence: message, body: { v: 1, agent_id: 'memory-agent', items } });
    });
    expect(await reports.takeIn(batch)).toEqual(batch.map(() => ({ action: 'ack' })));
    expect((await events.head()).position).toBe(MESSAGES * ITEMS);
  });
});
