import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ConsumerInfo, jetstreamManager } from '@nats-io/jetstream';
import { agentSubject, jetStreamName } from '#libs/contracts';
import { startTestNats, type TestNats, waitUntil } from '#libs/testing';
import type { BatchConsumerOptions, BatchHandler } from './batch-consumer.ts';
import {
  ack,
  BrokerUnavailableError,
  deadLetter,
  type DeadLetter,
  type InboundMessage,
  intakeConsumer,
  InvalidMessageError,
  type NatsLink,
  Provisioner,
  retryLater,
  type RunningConsumer,
  startBatchConsumer,
} from './index.ts';

const tenant = 'test';
const subject = agentSubject({ tenant, agentClass: 'service', agentId: 'a' }, 'report');
const definition = intakeConsumer(tenant, 'reports');
const text = ({ data }: { data: Uint8Array }): string => new TextDecoder().decode(data);

let nats: TestNats;
let link: NatsLink;
let running: RunningConsumer[];
let letters: DeadLetter[];

const publish = (...bodies: string[]): Promise<unknown> =>
  Promise.all(bodies.map((body) => link.publish({ subject, body: new TextEncoder().encode(body) })));

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));

function consume(handle: BatchHandler, options: Partial<BatchConsumerOptions> = {}): RunningConsumer {
  const keep = async (letter: DeadLetter): Promise<void> => void letters.push(letter);
  const names = { stream: definition.stream, consumer: definition.name };
  const started = startBatchConsumer({
    link,
    ...names,
    handle,
    deadLetter: keep,
    log: () => {},
    holdMs: { first: 20, longest: 100 },
    ...options,
  });
  running.push(started);
  return started;
}

const info = async (): Promise<ConsumerInfo> =>
  (await jetstreamManager(link.connection)).consumers.info(definition.stream, definition.name);

/** Everything that was published is settled. */
const isDrained = async (): Promise<boolean> => {
  const { num_ack_pending, num_pending } = await info();
  return num_ack_pending === 0 && num_pending === 0;
};

const ackAll: BatchHandler = async (messages) => messages.map(ack);

beforeAll(async () => {
  nats = await startTestNats({ tenant });
  link = await nats.connectOrchestrator();
});
afterAll(() => nats.stop());

beforeEach(async () => {
  running = [];
  letters = [];
  await new Provisioner({ link, tenant, log: () => {} }).addConsumer(definition);
});
afterEach(async () => {
  await Promise.all(running.map((consumer) => consumer.stop()));
  const manager = await jetstreamManager(link.connection);
  await manager.streams.delete(jetStreamName(tenant, 'reports'));
});

describe('a batch consumer', () => {
  it('tells a handler who sent what, when it was stored and which delivery it is', async () => {
    const seen: InboundMessage[] = [];
    consume(async (messages) => {
      seen.push(...messages);
      return messages.map(ack);
    });
    await link.publish({ subject, body: new TextEncoder().encode('{"a":1}'), messageId: 'id-1', headers: { 'Age-Ms': '7' } });
    await waitUntil(() => seen.length === 1);
    const [message] = seen;
    expect(message).toMatchObject({ subject, messageId: 'id-1', deliveries: 1 });
    expect(message?.header('Age-Ms')).toBe('7');
    expect(message?.header('none')).toBeUndefined();
    expect(message?.json()).toEqual({ a: 1 });
    expect(Math.abs(Date.now() - (message?.storedAt.getTime() ?? 0))).toBeLessThan(5_000);
  });

  it('settles each message of a batch by itself', async () => {
    await publish('good', 'bad', 'later', 'fine');
    const seen: string[] = [];
    consume(async (messages) => {
      seen.push(...messages.map(text));
      return messages.map((message) => {
        if (text(message) === 'bad') return deadLetter('bad-news', 'it is bad');
        return text(message) === 'later' && message.deliveries === 1 ? retryLater(10) : ack();
      });
    });
    await waitUntil(isDrained);
    expect(seen.toSorted()).toEqual(['bad', 'fine', 'good', 'later', 'later']);
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({
      subject,
      consumer: 'intake-reports',
      reasonCode: 'bad-news',
      reason: 'it is bad',
      deliveries: 1,
    });
  });

  it('dead-letters an invalid message at once and harms no other of its batch', async () => {
    await publish('{"n":1}', 'not json', '{"n":2}', '\u0000');
    const stored: unknown[] = [];
    consume(async (messages) => {
      const parsed = messages.map((message) => message.json());
      stored.push(...parsed);
      return messages.map(ack);
    });
    await waitUntil(isDrained);
    expect(stored).toEqual([{ n: 1 }, { n: 2 }]);
    expect(letters.map(text)).toEqual(['not json', '\u0000']);
    expect(letters.map(({ reasonCode }) => reasonCode)).toEqual(['not-json', 'not-json']);
  });

  it('gives a message up after five crashes of its handler, while the others go through', async () => {
    const attempts = new Map<string, number>();
    const stored: string[] = [];
    await publish(...numbers(9), 'poison');
    consume(async (messages) => {
      if (messages.length === 1) {
        const body = text(messages[0] ?? { data: new Uint8Array() });
        attempts.set(body, (attempts.get(body) ?? 0) + 1);
      }
      if (messages.some((message) => text(message) === 'poison')) throw new Error('out of luck');
      stored.push(...messages.map(text));
      return messages.map(ack);
    });
    await waitUntil(isDrained);
    expect(stored.toSorted()).toEqual(numbers(9));
    expect(attempts.get('poison')).toBe(5);
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({ reasonCode: 'handler-crashed', reason: 'Error: out of luck' });
  }, 30_000);

  it('counts a handler that forgets to settle as crashed', async () => {
    await publish('x');
    let calls = 0;
    consume(async (messages) => (++calls === 1 ? [] : messages.map(ack)));
    await waitUntil(isDrained);
    expect(calls).toBe(2);
    expect(letters).toEqual([]);
  });

  it('stops pulling while a dependency is away, counts nothing, and goes on when it is back', async () => {
    let isAway = true;
    let calls = 0;
    const stored: { body: string; deliveries: number }[] = [];
    await publish(...numbers(1_000));
    consume(
      async (messages) => {
        calls++;
        if (isAway) throw new BrokerUnavailableError('the database');
        stored.push(...messages.map((message) => ({ body: text(message), deliveries: message.deliveries })));
        return messages.map(ack);
      },
      { batchSize: 50 },
    );
    await waitUntil(() => calls > 8); // more than five failures
    const { num_pending, num_ack_pending } = await info();
    expect(num_ack_pending).toBeLessThanOrEqual(100);
    expect(num_pending).toBeGreaterThanOrEqual(900);
    expect(stored).toEqual([]);
    isAway = false;
    await waitUntil(isDrained);
    expect(stored.map(({ body }) => body)).toEqual(numbers(1_000));
    expect(stored.every(({ deliveries }) => deliveries === 1)).toBe(true);
    expect(letters).toEqual([]);
  });

  it.each([
    ['as many as fit', { count: 12, messageBytes: 900_000, capacityBytes: 4_000_000, most: 4 }],
    ['two of the largest where not even one fits', { count: 12, messageBytes: 1_040_000, capacityBytes: 1, most: 2 }],
    ['as many small ones as two batches have', { count: 300, messageBytes: 2, capacityBytes: 4_000_000, most: 100 }],
  ])('has %s in hand at one time', async (_what, { count, messageBytes, capacityBytes, most }) => {
    await publish(...numbers(count).map((body) => body.padEnd(messageBytes)));
    // Before the first acknowledgement: later the server may hand out a message before it has taken notice of one.
    let held: number | undefined;
    consume(
      async (messages) => {
        if (held === undefined) await waitUntil(async () => (await info()).num_ack_pending >= most);
        held ??= (await info()).num_ack_pending;
        return messages.map(ack);
      },
      { capacityBytes, batchSize: 50 },
    );
    await waitUntil(isDrained);
    expect(held).toBe(most);
  });

  it('terminates a dead letter only after it was stored', async () => {
    await publish('bad');
    let refusals = 0;
    consume(async (messages) => messages.map(() => deadLetter('bad', 'bad')), {
      deadLetter: async (letter) => {
        if (refusals < 2) {
          refusals++;
          expect(await isDrained()).toBe(false);
          throw new BrokerUnavailableError('the log');
        }
        letters.push(letter);
      },
    });
    await waitUntil(isDrained);
    expect(refusals).toBe(2);
    expect(letters.map(text)).toEqual(['bad']);
  });

  it('keeps a message for as long as its handler takes', async () => {
    const manager = await jetstreamManager(link.connection);
    await manager.consumers.update(definition.stream, definition.name, { ack_wait: 300_000_000 });
    const administrator = await nats.connectRaw('administrator');
    let announcements = 0;
    administrator.subscribe('$JS.ACK.>', {
      callback: (_error, message) => void (message.string() === '+WPI' && announcements++),
    });
    await administrator.flush();
    const seen: number[] = [];
    await publish('long');
    consume(
      async (messages) => {
        await waitUntil(() => announcements >= 9); // three times the time that the broker waits
        seen.push(...messages.map(({ deliveries }) => deliveries));
        return messages.map(ack);
      },
      { ackWaitMs: 300 },
    );
    await waitUntil(isDrained);
    expect(seen).toEqual([1]);
  });

  it('gives back at once what it holds when it is stopped during an outage', async () => {
    let calls = 0;
    await publish(...numbers(10));
    const first = consume(async () => {
      calls++;
      throw new BrokerUnavailableError('the database');
    });
    await waitUntil(() => calls > 1);
    await first.stop();
    const before = performance.now();
    consume(ackAll);
    await waitUntil(isDrained);
    expect(performance.now() - before).toBeLessThan(5_000); // far below the 30 s of a lost message
  });

  it('shares a stream between two consumers of the same name, each message to one of them', async () => {
    const seen: [string[], string[]] = [[], []];
    for (const mine of seen) {
      consume(async (messages) => {
        mine.push(...messages.map(text));
        return messages.map(ack);
      });
    }
    await publish(...numbers(500));
    await waitUntil(isDrained);
    expect(
      seen
        .flat()
        .map(Number)
        .toSorted((a, b) => a - b),
    ).toEqual(numbers(500).map(Number));
  });

  it('calls the handler of an invalid single message once', async () => {
    let calls = 0;
    await publish('x');
    consume(async () => {
      calls++;
      throw new InvalidMessageError('wrong', 'wrong');
    });
    await waitUntil(isDrained);
    expect(calls).toBe(1);
    expect(letters.map(({ reasonCode }) => reasonCode)).toEqual(['wrong']);
  });
});
