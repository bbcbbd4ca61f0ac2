import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetStreamName } from '#libs/contracts';
import { ensureStreams, type NatsLink, readBrokerTime } from '#libs/messaging';
import { startTestNats, type TestNats } from '#libs/testing';
import { buildConfiguration } from '../../test/builders/configuration-builder.ts';
import { RecordingLogger } from '../../test/builders/recording-logger.ts';
import { Clock } from '../platform/clock.ts';
import { BrokerClock } from './broker-clock.ts';

const HOUR_MS = 3_600_000;
const config = buildConfiguration();

let nats: TestNats;
let link: NatsLink;
beforeAll(async () => {
  nats = await startTestNats({ tenant: config.tenant });
  link = await nats.connectOrchestrator();
});
afterAll(() => nats.stop());

async function readInto(clock: Clock): Promise<RecordingLogger> {
  const logger = new RecordingLogger();
  const reader = new BrokerClock(clock, link, config, logger);
  await reader.onApplicationBootstrap();
  reader.beforeApplicationShutdown();
  return logger;
}

describe('the clock of the broker', () => {
  it('that cannot be read is taken to agree with that of the database, and that is told', async () => {
    const clock = new Clock();
    const { problems } = await readInto(clock);
    expect(problems).toMatchObject([{ message: expect.stringContaining('could not be read') }]);
    expect(clock.ofBroker(new Date(1_000))).toBe(1_000);
  });

  it('is known before the first message is taken in, however far that of the database is from it', async () => {
    await ensureStreams(link, config.tenant);
    for (const hours of [-1, 0, 1]) {
      const clock = new Clock();
      clock.setTo(new Date(Date.now() + hours * HOUR_MS));
      expect((await readInto(clock)).problems).toEqual([]);
      const now = await readBrokerTime(link, jetStreamName(config.tenant, 'reports'));
      expect(Math.abs(clock.ofBroker(now) - clock.databaseMs())).toBeLessThan(1_000);
    }
  });
});
