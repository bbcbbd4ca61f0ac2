import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Outbox, type OutboxItem } from '#libs/agent-core';
import { InMemoryTransport } from './in-memory-transport.ts';
import { OutboxSender } from './outbox-sender.ts';

const clock = { epoch: 'e', nowMs: () => Date.now() };
const storage = { load: async () => [], add: async () => undefined, remove: async () => undefined };

const report = (id: string): OutboxItem => ({
  id,
  kind: 'report',
  severity: 'high',
  body: { error: { id } },
  observed: { epoch: 'e', ms: Date.now() },
});

async function createSender() {
  const outbox = await Outbox.open({ storage, clock, maxItems: 100, maxBytes: 1e6 });
  const transport = new InMemoryTransport();
  const context = { agentId: 'memory-agent', bootId: 'boot', log: () => undefined };
  const sender = new OutboxSender({ outbox, transport, clock, ...context });
  transport.start({
    onReceipt: () => undefined,
    onControl: async () => undefined,
    onCommand: async () => ({ action: 'ack' }),
    onConnected: () => {
      outbox.wake();
      sender.nudge();
    },
  });
  return { outbox, transport, sender };
}

describe('OutboxSender', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  it('sends what is added, and again 30 s later without a receipt', async () => {
    const { outbox, transport, sender } = await createSender();
    await outbox.add(report('a'));
    sender.nudge();
    await pass(29_000);
    expect(transport.published).toHaveLength(1);
    await pass(2_000);
    expect(transport.published.map(({ headers }) => headers?.['Attempt'])).toEqual(['1', '2']);
    await outbox.settle(['a']);
    await pass(3_600_000);
    expect(transport.published).toHaveLength(2);
    await sender.stop();
  });

  it('is quiet while the broker is away, and sends everything when it is back', async () => {
    const { outbox, transport, sender } = await createSender();
    transport.isConnected = false;
    for (const id of ['a', 'b']) await outbox.add(report(id));
    sender.nudge();
    await pass(600_000);
    expect(transport.published).toEqual([]);
    transport.reconnect();
    await pass(0);
    expect(transport.published).toHaveLength(1);
    expect(transport.published[0]?.body['items']).toHaveLength(2);
    await sender.stop();
  });

  it('tries again when the broker refuses or breaks off', async () => {
    const { outbox, transport, sender } = await createSender();
    const publish = jest.spyOn(transport, 'publish').mockRejectedValueOnce(new Error('no answer'));
    await outbox.add(report('a'));
    sender.nudge();
    await pass(100);
    expect(transport.published).toEqual([]);
    await pass(1_000);
    expect(transport.published).toHaveLength(1);
    expect(publish).toHaveBeenCalledTimes(2);
    await sender.stop();
  });

  it('sends nothing any more once it is stopped', async () => {
    const { outbox, transport, sender } = await createSender();
    await sender.stop();
    await outbox.add(report('a'));
    sender.nudge();
    await pass(60_000);
    expect(transport.published).toEqual([]);
  });
});
