import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type INestMicroservice } from '@nestjs/common';
import { type MicroserviceOptions, Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { agentSubject } from '#libs/contracts';
import { startTestNats, type TestNats, waitUntil } from '#libs/testing';
import type { DeadLetter } from '../dead-letter.ts';
import type { InboundMessage } from '../inbound-message.ts';
import { BrokerUnavailableError } from '../messaging.errors.ts';
import type { NatsLink } from '../nats-link.ts';
import { Provisioner } from '../provisioner.ts';
import { ack, deadLetter, type Settlement } from '../settlement.ts';
import { JetStreamHandler } from './jetstream-handler.decorator.ts';
import { JetStreamStrategy } from './jetstream.strategy.ts';

const tenant = 'test';
const seen: unknown[] = [];
let isAway = true;

@Controller()
class ReportsConsumer {
  @JetStreamHandler('reports', { batchSize: 50 })
  async takeIn(@Payload() messages: readonly InboundMessage[]): Promise<readonly Settlement[]> {
    if (isAway) throw new BrokerUnavailableError('the database');
    seen.push(...messages.map((message) => message.json()));
    return messages.map((message) => (message.json() === 'bad' ? deadLetter('bad', 'bad') : ack()));
  }
}

let nats: TestNats;
let link: NatsLink;
let app: INestMicroservice;
const letters: DeadLetter[] = [];

beforeAll(async () => {
  nats = await startTestNats({ tenant });
  link = await nats.connectOrchestrator();
  const strategy = new JetStreamStrategy({
    link,
    tenant,
    provisioner: new Provisioner({ link, tenant, log: () => {} }),
    deadLetter: async (letter) => void letters.push(letter),
    log: () => {},
  });
  const testing = await Test.createTestingModule({ controllers: [ReportsConsumer] }).compile();
  app = testing.createNestMicroservice<MicroserviceOptions>({ strategy });
  await app.listen();
});
afterAll(async () => {
  await app.close();
  await nats.stop();
});

describe('the Nest strategy', () => {
  it('hands a batch to the method and settles as it says, once its dependency is back', async () => {
    const subject = agentSubject({ tenant, agentClass: 'service', agentId: 'a' }, 'report');
    for (const body of ['"good"', '"bad"', 'not json']) await link.publish({ subject, body: new TextEncoder().encode(body) });
    isAway = false;
    await waitUntil(() => letters.length === 2);
    expect(seen).toEqual(['good', 'bad']);
    expect(letters.map(({ reasonCode }) => reasonCode)).toEqual(['bad', 'not-json']);
  });
});
