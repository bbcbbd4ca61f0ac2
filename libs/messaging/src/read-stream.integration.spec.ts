import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { anchorSubject, jetStreamName } from '#libs/contracts';
import { startTestNats, type TestNats } from '#libs/testing';
import { ensureStreams, type NatsLink, readStream } from './index.ts';

const tenant = 'test';
const stream = jetStreamName(tenant, 'anchors');
const COUNT = 1_201;

describe('the messages of a stream', () => {
  let nats: TestNats;
  let link: NatsLink;
  beforeAll(async () => {
    nats = await startTestNats({ tenant });
    link = await nats.connectOrchestrator();
    await ensureStreams(link, tenant);
  });
  afterAll(() => nats.stop());

  const read = async (): Promise<string[]> => {
    const texts: string[] = [];
    for await (const { data } of readStream(link, stream)) texts.push(new TextDecoder().decode(data));
    return texts;
  };

  it('are none in a new one', async () => {
    expect(await read()).toEqual([]);
  });

  it('are read to their end and in order, and stay', async () => {
    const wanted = Array.from({ length: COUNT }, (_, n) => String(n));
    for (const text of wanted) await link.publish({ subject: anchorSubject(tenant), body: new TextEncoder().encode(text) });
    expect(await read()).toEqual(wanted);
    expect(await read()).toEqual(wanted);
  });

  it('can neither be deleted nor purged where that is denied', async () => {
    const manager = await jetstreamManager(link.connection);
    await expect(manager.streams.deleteMessage(stream, 1)).rejects.toThrow(/delete/);
    await expect(manager.streams.purge(stream)).rejects.toThrow(/purge/);
    expect(await read()).toHaveLength(COUNT);
  });

  it('can not be read of a stream that is not there', async () => {
    const reading = (async (): Promise<void> => {
      for await (const _ of readStream(link, 'NOT_THERE'));
    })();
    await expect(reading).rejects.toMatchObject({ code: 'broker-unavailable' });
  });
});
