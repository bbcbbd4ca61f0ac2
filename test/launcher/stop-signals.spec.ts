import { beforeEach, describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { listenForStop } from '../../scripts/launcher/stop-signals.mjs';

describe('listenForStop', () => {
  let source: EventEmitter;
  let time: number;
  let hurried: number;
  let listening: ReturnType<typeof listenForStop>;

  const press = (name: string): boolean => source.emit(name, name);

  beforeEach(() => {
    [source, time, hurried] = [new EventEmitter(), 5_000, 0];
    listening = listenForStop({ log: () => {}, hurry: () => hurried++, source, now: () => time });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('aborts at %s', (name) => {
    expect(listening.signal.aborted).toBe(false);
    press(name);
    expect(listening.signal.aborted).toBe(true);
  });

  it('takes the two signals of one Ctrl-C under npm as one', () => {
    press('SIGINT');
    time += 1;
    press('SIGINT');
    expect(hurried).toBe(0);
  });

  it('hurries when a person asks again', () => {
    press('SIGINT');
    time += 1_500;
    press('SIGINT');
    expect(hurried).toBe(1);
  });

  it('has been asked also when nobody waited for it yet', async () => {
    press('SIGTERM');
    await expect(listening.asked).resolves.toBeDefined();
  });
});
