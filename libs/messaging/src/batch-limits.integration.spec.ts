import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { agentSubject } from '#libs/contracts';
import { startTestNats, type TestNats, waitUntil } from '#libs/testing';
import type { BatchConsumerOptions, BatchHandler } from './batch-consumer.ts';
import { ack, intakeConsumer, type NatsLink, Provisioner, type RunningConsumer, startBatchConsumer } from './index.ts';

const tenant = 'test';
const subject = agentSubject({ tenant, agentClass: 'service', agentId: 'a' }, 'report');
const definition = intakeConsumer(tenant, 'reports');
const text = ({ data }: { data: Uint8Array }): string => new TextDecoder().decode(data);
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));

let nats: TestNats;
let link: NatsLink;
let running: RunningConsumer | undefined;
let calls: { bodies: string[]; atMs: number }[];

const publish = (...bodies: string[]): Promise<unknown> =>
  Promise.all(bodies.map((body) => link.publish({ subject, body: new TextEncoder().encode(body) })));

const handed = (): string[] => calls.flatMap(({ bodies }) => bodies);

function consume(options: Partial<BatchConsumerOptions>, handle: BatchHandler = async (all) => all.map(ack)): void {
  running = startBatchConsumer({
    link,
    stream: definition.stream,
    consumer: definition.name,
    handle: (messages) => {
      calls.push({ bodies: messages.map(text), atMs: performance.now() });
      return handle(messages);
    },
    deadLetter: async () => undefined,
    log: () => undefined,
    ...options,
  });
}

beforeAll(async () => {
  nats = await startTestNats({ tenant });
  link = await nats.connectOrchestrator();
  await new Provisioner({ link, tenant, log: () => undefined }).addConsumer(definition);
});
afterAll(() => nats.stop());
beforeEach(() => {
  calls = [];
});
afterEach(() => running?.stop());

describe('a batch consumer', () => {
  it('hands in together what has piled up, up to the size of a batch', async () => {
    await publish(...numbers(250));
    consume({});
    await waitUntil(() => handed().length === 250);
    expect(Math.max(...calls.map(({ bodies }) => bodies.length))).toBeLessThanOrEqual(100);
    expect(calls.length).toBeLessThan(20);
  });

  it('hands in no more bytes than wanted together, and what is larger alone', async () => {
    const big = 'b'.repeat(2_000);
    const all = [...numbers(6), big, ...numbers(6)];
    await publish(...all);
    consume({ batchBytes: 1_500 });
    await waitUntil(() => handed().length === all.length);
    expect(handed()).toEqual(all);
    expect(calls.find(({ bodies }) => bodies.includes(big))?.bodies).toEqual([big]);
    expect(calls.some(({ bodies }) => bodies.length > 1)).toBe(true);
  });

  it('hands in the next batch while one is handled, up to so many', async () => {
    await publish(...numbers(4));
    const ends: (() => void)[] = [];
    consume({ batchSize: 1, batchesAtOnce: 2 }, async (messages) => {
      await new Promise<void>((resolve) => ends.push(resolve));
      return messages.map(ack);
    });
    await waitUntil(() => ends.length === 2);
    await expect(waitUntil(() => ends.length > 2, { withinMs: 200 })).rejects.toThrow();
    for (const begun of [3, 4]) {
      ends[begun - 3]?.();
      await waitUntil(() => ends.length === begun);
    }
    for (const end of ends) end();
    expect(handed()).toEqual(numbers(4));
  });

  it('hands in another batch only while those that are handled have fewer bytes than one may have', async () => {
    const ends: (() => void)[] = [];
    consume({ batchBytes: 5_000, batchesAtOnce: 4 }, async (messages) => {
      await new Promise<void>((resolve) => ends.push(resolve));
      return messages.map(ack);
    });
    const handIn = async (body: string): Promise<void> => {
      const before = ends.length;
      await publish(body);
      await waitUntil(() => ends.length > before, { withinMs: 1_000 });
    };
    for (const body of ['small', 'b'.repeat(5_000)]) await handIn(body);
    await expect(handIn('small')).rejects.toThrow();
    ends[1]?.();
    await waitUntil(() => ends.length === 3);
    for (const end of ends) end();
  });

  it('hands in a single message at once, and together what comes within a step of that', async () => {
    consume({ minStepMs: 500 });
    await publish('a');
    await waitUntil(() => calls.length === 1);
    for (const body of ['b', 'c', 'd']) await publish(body);
    await waitUntil(() => handed().length === 4);
    expect(calls.map(({ bodies }) => bodies)).toEqual([['a'], ['b', 'c', 'd']]);
    expect((calls[1]?.atMs ?? 0) - (calls[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(495);
  });
});
