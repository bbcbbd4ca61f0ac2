import { describe, expect, it, jest } from '@jest/globals';
import type { CoreMessage, NatsLink } from '#libs/messaging';
import { buildConfiguration } from '../../../test/builders/configuration-builder.ts';
import { buildLog } from '../../../test/builders/log-builder.ts';
import { ManualClock } from '../../../test/builders/manual-clock.ts';
import { SteppedSubscriptions } from '../../../test/builders/stepped-subscriptions.ts';
import { LogHeads } from './log-heads.ts';

/** Brings everything back to whoever sent it, as NATS does, and more where the spec says so. */
function buildHeads() {
  const log = buildLog(new ManualClock());
  const told: number[] = [];
  const subscribers: ((message: CoreMessage) => void)[] = [];
  const say = (body: Uint8Array): void => {
    for (const hear of subscribers) hear({ subject: 'head', data: body, header: () => undefined });
  };
  const link = {
    isConnected: true,
    send: ({ body }: { body: Uint8Array }) => {
      told.push(Number(new TextDecoder().decode(body)));
      say(body);
    },
    subscribe: (_subject: string, hear: (message: CoreMessage) => void) => subscribers.push(hear),
  } as unknown as NatsLink;
  const subscriptions = new SteppedSubscriptions(log);
  let wakes = 0;
  subscriptions.wakeOn = (source) => void source(() => (wakes += 1));
  new LogHeads(log, link, buildConfiguration(), subscriptions).onApplicationBootstrap();
  let noted = 0;
  log.store.noteForeignAppend = () => (noted += 1);
  const sayHead = (head: number): void => say(new TextEncoder().encode(String(head)));
  return { log, say: sayHead, told, wakes: () => wakes, noted: () => noted };
}

const append = (log: ReturnType<typeof buildHeads>['log'], key: string) =>
  log.append({
    actor: 'test',
    key,
    writes: [{ stream: 's', expected: 'any', events: [{ type: 'SlotReleased', data: { target: 'a', fix_id: 'b' } }] }],
  });

describe('the heads of the log', () => {
  it('wake readers when another orchestrator has appended', async () => {
    const { log, say, wakes, noted } = buildHeads();
    await append(log, 'a');
    say(2);
    expect([wakes(), noted()]).toEqual([1, 1]);
  });

  it('are told at once, and no more than fifty times a second, the last one in any case', async () => {
    jest.useFakeTimers();
    const { log, told } = buildHeads();
    for (const key of ['a', 'b', 'c']) await append(log, key);
    expect(told).toEqual([1]);
    jest.advanceTimersByTime(19);
    expect(told).toEqual([1]);
    jest.advanceTimersByTime(1);
    expect(told).toEqual([1, 3]);
    jest.advanceTimersByTime(1_000);
    await append(log, 'd');
    expect(told).toEqual([1, 3, 4]);
    jest.useRealTimers();
  });

  it('wake nobody a second time for what this one has appended itself', async () => {
    const { log, say, wakes, noted } = buildHeads();
    await append(log, 'a');
    await append(log, 'b');
    say(1);
    expect([wakes(), noted()]).toEqual([0, 0]);
  });
});
