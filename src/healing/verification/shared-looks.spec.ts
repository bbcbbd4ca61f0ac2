import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../test/builders/manual-clock.ts';
import { CLEAN, DIRTY, StubProber } from '../../../test/builders/stub-prober.ts';
import { SharedLooks } from './shared-looks.ts';

const SERVICE = { probeUrl: 'http://127.0.0.1:2/health', probeTimeoutMs: 5000 };

function build(): { clock: ManualClock; prober: StubProber; looks: SharedLooks } {
  const [clock, prober] = [new ManualClock(), new StubProber()];
  return { clock, prober, looks: new SharedLooks(clock, prober) };
}

describe('a look at a service', () => {
  it('is one for all who ask at the same time', async () => {
    const { prober, looks } = build();
    const outcomes = await Promise.all([1, 2, 3].map(() => looks.look(SERVICE, 0)));
    expect(outcomes).toEqual([CLEAN, CLEAN, CLEAN]);
    expect(prober.asked).toHaveLength(1);
  });

  it('is kept for one and a half seconds', async () => {
    const { clock, prober, looks } = build();
    for (const [passedMs, asked] of [
      [0, 1],
      [1499, 1],
      [1, 2],
    ] as const) {
      clock.advance(passedMs);
      await looks.look(SERVICE, 0);
      expect(prober.asked).toHaveLength(asked);
    }
  });

  it('is kept longer when it failed slowly, and not longer when it succeeded slowly', async () => {
    for (const [answer, asked] of [
      [DIRTY, 1],
      [CLEAN, 2],
    ] as const) {
      const { clock, prober, looks } = build();
      prober.answer = { ...answer, latencyMs: 5000 };
      await looks.look(SERVICE, 0);
      clock.advance(14_999);
      await looks.look(SERVICE, 0);
      expect(prober.asked).toHaveLength(asked);
    }
  });

  it('is another one after its agent has said something else, and for another service', async () => {
    const { prober, looks } = build();
    prober.answer = DIRTY;
    await looks.look(SERVICE, 0);
    prober.answer = CLEAN;
    expect(await looks.look(SERVICE, 1)).toEqual(CLEAN);
    await looks.look({ ...SERVICE, probeUrl: 'http://127.0.0.1:3/health' }, 1);
    expect(prober.asked).toHaveLength(3);
  });
});
