import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing';
import { FeedReader } from '../../test/builders/feed-reader.ts';
import { FeedStage } from '../../test/builders/feed-stage.ts';

const times = (count: number, ...types: string[]): string[] =>
  Array.from({ length: count }, (_, n) => types[n % types.length] ?? 'none');

describe('the example that follows the feeds into a file', () => {
  let stage: FeedStage;
  let reader: FeedReader;
  beforeEach(async () => {
    stage = await FeedStage.start();
    reader = FeedReader.of(stage.nats, { tenant: 'test' });
  });
  afterEach(async () => {
    await reader.stop();
    await stage.nats.stop();
  });

  const untilWritten = (count: number): Promise<void> => waitUntil(() => reader.read().length >= count);

  it('misses and doubles nothing, though it is killed again and again', async () => {
    const types = times(3_000, 'ErrorReported', 'FixHealed', 'TimerSet', 'DecisionMade');
    const events = await stage.append(...types);
    const publisher = stage.createPublisher();
    for (let page = 0; page < 6; page += 1) {
      await publisher.publish(events.slice(page * 500, (page + 1) * 500));
      reader.start();
      await untilWritten(page * 375 + 1 + page * 40);
      await reader.kill();
    }
    reader.start();
    const due = events.filter(({ type }) => type !== 'TimerSet').map(({ position }) => position);
    await untilWritten(due.length);
    expect(reader.readPositions()).toEqual(due);
  }, 60_000);

  it('goes on where it was after the stream lost its end, and after it was made anew', async () => {
    const publisher = stage.createPublisher();
    const events = await stage.append(...times(300, 'ErrorReported'));
    reader.start();
    await publisher.publish(events.slice(0, 100));
    await untilWritten(100);
    // Made anew with less in it than was read, then filled again and beyond.
    await stage.makeStreamAnew();
    await stage.createPublisher().publish(events.slice(0, 40));
    await publisher.mend(100);
    await publisher.publish(events.slice(100, 200));
    await untilWritten(200);
    // Made anew while nobody reads.
    await reader.kill();
    await stage.makeStreamAnew();
    await publisher.publish(events.slice(200));
    reader.start();
    await untilWritten(300);
    expect(reader.readPositions()).toEqual(events.map(({ position }) => position));
  }, 60_000);

  it('begins a new log at its beginning', async () => {
    await stage.createPublisher().publish(await stage.append(...times(5, 'ErrorReported')));
    reader.start();
    await untilWritten(5);
    stage.beginNewLog();
    await stage.createPublisher().publish(await stage.append(...times(3, 'FixHealed')));
    await untilWritten(8);
    expect(reader.read().map(({ type, position }) => `${type} ${position}`)).toEqual([
      ...[1, 2, 3, 4, 5].map((position) => `ErrorReported ${position}`),
      ...[1, 2, 3].map((position) => `FixHealed ${position}`),
    ]);
  }, 60_000);

  it('takes only the feeds that it is asked for', async () => {
    reader = FeedReader.of(stage.nats, { tenant: 'test', feeds: 'fixes,services' });
    await stage.createPublisher().publish(await stage.append('ErrorReported', 'FixHealed', 'DecisionMade', 'AgentRetired'));
    reader.start();
    await untilWritten(2);
    expect(reader.readPositions()).toEqual([2, 4]);
  }, 60_000);
});
