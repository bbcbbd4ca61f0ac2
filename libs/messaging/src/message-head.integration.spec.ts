import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MsgHdrsImpl } from '@nats-io/nats-core/internal';
import { agentSubject } from '#libs/contracts';
import { startTestNats, type TestNats, waitUntil } from '#libs/testing';
import { ack, type DeadLetter, intakeConsumer, type NatsLink, Provisioner, startBatchConsumer } from './index.ts';

const tenant = 'test';
const subject = agentSubject({ tenant, agentClass: 'service', agentId: 'a' }, 'report');
const definition = intakeConsumer(tenant, 'reports');
const text = ({ data }: { data: Uint8Array }): string => new TextDecoder().decode(data);

/** As many as a JetStream takes, which is 64 KiB of them. */
const MANY = MsgHdrsImpl.fromRecord(Object.fromEntries(Array.from({ length: 7_000 }, (_, n) => [`${n}`, ['']])));

let nats: TestNats;
let link: NatsLink;

beforeEach(async () => {
  nats = await startTestNats({ tenant });
  link = await nats.connectOrchestrator();
  await new Provisioner({ link, tenant, log: () => {} }).addConsumer(definition);
});
afterEach(() => nats.stop());

describe('a message with more headers than anybody reads', () => {
  it('is a dead letter with a readable reason, and the next one is taken in', async () => {
    await link.jetStream.publish(subject, 'many', { headers: MANY });
    await link.publish({ subject, body: Buffer.from('good'), headers: { 'Age-Ms': '7' } });
    const seen: (string | undefined)[] = [];
    const letters: DeadLetter[] = [];
    const consumer = startBatchConsumer({
      link,
      stream: definition.stream,
      consumer: definition.name,
      handle: async (messages) => {
        seen.push(...messages.flatMap((message) => [text(message), message.header('Age-Ms')]));
        return messages.map(ack);
      },
      deadLetter: async (letter) => void letters.push(letter),
      log: () => {},
    });
    await waitUntil(() => seen.length > 0 && letters.length > 0);
    await consumer.stop();
    expect(seen).toEqual(['good', '7']);
    expect(letters.map(text)).toEqual(['many']);
    const reason = expect.stringMatching(/^the headers can not be read: they have \d{5} bytes, 16384 are allowed$/);
    expect(letters).toMatchObject([{ reasonCode: 'unreadable-headers', reason }]);
  });
});
