import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.ts';

describe('the metrics of the orchestrator', () => {
  it('tell the length of the queue before the log as it is when they are asked', async () => {
    const metrics = new Metrics();
    const read = async (): Promise<string | undefined> =>
      /^zantara_append_queue_events (\d+)$/m.exec(await metrics.registry.metrics())?.[1];
    expect(await read()).toBe('0');
    let waiting = 7;
    metrics.watchAppendQueue(() => waiting);
    expect(await read()).toBe('7');
    waiting = 0;
    expect(await read()).toBe('0');
  });
});
