import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { feedSubject, jetStreamName } from '#libs/contracts';
import { startTestNats, type TestNats } from '#libs/testing';
import { ensureStreams, type NatsLink, readStreamEnd, UnexpectedSequenceError } from './index.ts';

const tenant = 'test';
const stream = jetStreamName(tenant, 'feed');
const subject = feedSubject(tenant, 'errors');
const body = new TextEncoder().encode('{}');

let nats: TestNats;
let link: NatsLink;
beforeAll(async () => {
  nats = await startTestNats({ tenant });
  link = await nats.connectOrchestrator();
  await ensureStreams(link, tenant);
});
afterAll(() => nats.stop());

describe('the end of a stream', () => {
  it('is at nothing for a new one', async () => {
    await expect(readStreamEnd(link, stream)).resolves.toEqual({
      lastSequence: 0,
      maxAgeMs: 604_800_000,
      lastMessage: undefined,
    });
  });

  it('is its last message, whatever its subject', async () => {
    await link.publish({ subject, body, headers: { n: '1' } });
    await link.publish({ subject: feedSubject(tenant, 'fixes'), body, headers: { n: '2' } });
    const { lastSequence, lastMessage } = await readStreamEnd(link, stream);
    expect([lastSequence, lastMessage?.subject, lastMessage?.header('n')]).toEqual([2, feedSubject(tenant, 'fixes'), '2']);
  });

  it('keeps its number when nothing is left before it', async () => {
    await (await jetstreamManager(link.connection)).streams.purge(stream);
    await expect(readStreamEnd(link, stream)).resolves.toMatchObject({ lastSequence: 2, lastMessage: undefined });
  });

  it('has the number of its last message also while others publish', async () => {
    const { lastSequence: before } = await readStreamEnd(link, stream);
    let isPublishing = true;
    const publishing = (async () => {
      for (let n = before + 1; n <= before + 300; n++) await link.publish({ subject, body, headers: { n: String(n) } });
      isPublishing = false;
    })();
    const ends: [number, string | undefined][] = [];
    while (isPublishing) {
      const { lastSequence, lastMessage } = await readStreamEnd(link, stream);
      if (lastMessage !== undefined) ends.push([lastSequence, lastMessage.header('n')]);
    }
    await publishing;
    expect(ends.length).toBeGreaterThan(0);
    expect(ends).toEqual(ends.map(([sequence]) => [sequence, String(sequence)]));
  });

  it('is not known for a stream that is not there', async () => {
    await expect(readStreamEnd(link, 'NOT_THERE')).rejects.toMatchObject({ code: 'broker-unavailable' });
  });
});

describe('a message that is to follow a certain one', () => {
  it('is taken right behind it, and nowhere else', async () => {
    const { lastSequence } = await readStreamEnd(link, stream);
    await expect(link.publish({ subject, body, expectedLastSequence: lastSequence })).resolves.toMatchObject({
      sequence: lastSequence + 1,
    });
    const late = link.publish({ subject, body, expectedLastSequence: lastSequence });
    await expect(late).rejects.toBeInstanceOf(UnexpectedSequenceError);
    await expect(late).rejects.toMatchObject({ retryable: true });
  });

  it('may be sent twice by two who agree where it belongs', async () => {
    const { lastSequence } = await readStreamEnd(link, stream);
    const message = { subject, body, messageId: 'same', expectedLastSequence: lastSequence };
    await link.publish(message);
    await expect(link.publish(message)).resolves.toMatchObject({ sequence: lastSequence + 1, isDuplicate: true });
    await expect(link.publish({ ...message, expectedLastSequence: 7 })).rejects.toBeInstanceOf(UnexpectedSequenceError);
  });

  it('comes in a row of which the last one answers for all, or not at all', async () => {
    const { lastSequence } = await readStreamEnd(link, stream);
    const row = ['1', '2', '3'].map((n) => ({ subject, body, messageId: `row-${n}` }));
    const others = row.map((message) => ({ ...message, messageId: `other-${message.messageId}` }));
    await link.publishInOrder(row, lastSequence);
    await expect(readStreamEnd(link, stream)).resolves.toMatchObject({ lastSequence: lastSequence + 3 });
    // Beginning anywhere else, also where somebody else's message has taken the place of its first one.
    for (const wrong of [lastSequence, lastSequence + 1, lastSequence + 2, lastSequence + 4]) {
      await expect(link.publishInOrder(others, wrong)).rejects.toBeInstanceOf(UnexpectedSequenceError);
    }
    await link.publishInOrder([], lastSequence);
    await expect(readStreamEnd(link, stream)).resolves.toMatchObject({ lastSequence: lastSequence + 3 });
  });
});
