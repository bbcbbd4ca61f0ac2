import { describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing';
import { ControlReading } from './control-reading.ts';

function createReading() {
  const world = { isUp: false, failures: 0, successes: 0 };
  const read = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (world.isUp) world.successes += 1;
    else {
      world.failures += 1;
      throw new Error('not there');
    }
  };
  return { world, reading: new ControlReading({ read, log: () => undefined, retryMs: 1 }) };
}

describe('ControlReading', () => {
  it('tries until it succeeds, and then no more', async () => {
    const { world, reading } = createReading();
    reading.begin();
    await waitUntil(() => world.failures > 20);
    world.isUp = true;
    expect(await reading.isKnown()).toBe(true);
    expect(world.successes).toBe(1);
  });

  it('goes on with one reading, however often the link comes back', async () => {
    const { world, reading } = createReading();
    for (let connection = 0; connection < 50; connection++) reading.begin();
    await waitUntil(() => world.failures > 60);
    world.isUp = true;
    expect(await reading.isKnown()).toBe(true);
    expect(world.successes).toBe(1);
  });

  it('waits for the reading of the latest connection', async () => {
    const answers: (() => void)[] = [];
    const read = () => new Promise<void>((resolve) => answers.push(resolve));
    const reading = new ControlReading({ read, log: () => undefined });
    const order: string[] = [];
    reading.begin();
    const isKnown = reading.isKnown().then((known) => order.push(`known: ${known}`));
    reading.begin();
    answers[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    order.push('second answer');
    answers[1]?.();
    await isKnown;
    expect(order).toEqual(['second answer', 'known: true']);
  });

  it('ends when it is stopped, knowing nothing', async () => {
    const { world, reading } = createReading();
    reading.begin();
    await waitUntil(() => world.failures > 0);
    reading.stop();
    expect(await reading.isKnown()).toBe(false);
  });

  it('begins nothing more once it was stopped, though the link comes back', async () => {
    const { world, reading } = createReading();
    reading.stop();
    reading.begin();
    expect(await reading.isKnown()).toBe(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(world).toEqual({ isUp: false, failures: 0, successes: 0 });
  });
});
