import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { feedSubject, HEADERS } from '#libs/contracts';
import { LogEventSchema } from '#libs/contracts/schemas';
import { buildEvent, waitUntil } from '#libs/testing';
import { FEED_STREAM, FeedStage } from '../../test/builders/feed-stage.ts';
import { readWhole } from '../../test/builders/log-builder.ts';
import { toLogEvent } from '../platform/log/log-event.ts';

const DAY_MS = 86_400_000;

let running: FeedStage | undefined;
const getStage = (): FeedStage => {
  if (running === undefined) throw new Error('not started');
  return running;
};

beforeEach(async () => {
  await running?.nats.stop();
  running = await FeedStage.start();
});
afterAll(() => running?.nats.stop());

describe('the feed', () => {
  it('has each event once, in the feed of its type, as the HTTP API shows it', async () => {
    const stage = getStage();
    const events = await stage.append('ErrorReported', 'FixCommanded', 'TimerSet', 'DecisionMade', 'ServiceStateChanged');
    await stage.createPublisher().publish(events);
    const published = await stage.read();
    const told = events.filter(({ type }) => type !== 'TimerSet');
    expect(published.map(({ subject }) => subject)).toEqual(
      (['errors', 'fixes', 'decisions', 'services'] as const).map((feed) => feedSubject('test', feed)),
    );
    expect(published.map((message) => LogEventSchema.parse(message.json()))).toEqual(told.map(toLogEvent));
    expect(published.map(({ header }) => [header.get(HEADERS.messageId), header.get(HEADERS.eventType)])).toEqual(
      told.map(({ id, type }) => [id, type]),
    );
  });

  it('takes nothing twice from one who does not know what he published', async () => {
    const stage = getStage();
    const events = await stage.append('ErrorReported', 'FixHealed', 'TimerSet', 'ErrorReported');
    await stage.createPublisher().publish(events);
    await stage.createPublisher().publish(events);
    await stage.createPublisher().mend(4);
    expect(await stage.readPositions()).toEqual([1, 2, 4]);
  });

  it('is filled again after its stream was made anew, by a look at it and by the next event', async () => {
    const stage = getStage();
    const publisher = stage.createPublisher();
    await publisher.publish(await stage.append('ErrorReported', 'FixHealed'));
    await stage.makeStreamAnew();
    await publisher.mend(2);
    expect(await stage.readPositions()).toEqual([1, 2]);
    await stage.makeStreamAnew();
    const events = await stage.append('ErrorReported');
    await publisher.publish(events.slice(-1));
    expect(await stage.readPositions()).toEqual([1, 2, 3]);
  });

  it('gets again what the stream lost at its end, though the checkpoint is beyond it', async () => {
    const stage = getStage();
    const publisher = stage.createPublisher();
    const events = await stage.append('ErrorReported', 'FixHealed', 'TimerSet', 'DecisionMade', 'FixHealed');
    await publisher.publish(events);
    // Only the first two are there, as if the server had been killed before it wrote the others.
    await stage.makeStreamAnew();
    await stage.createPublisher().publish(events.slice(0, 2));
    await publisher.mend(5);
    expect(await stage.readPositions()).toEqual([1, 2, 4, 5]);
  });

  it('does not get again what has expired', async () => {
    const stage = getStage();
    await stage.createPublisher().publish(await stage.append('ErrorReported', 'ErrorReported'));
    stage.clock.advance(8 * DAY_MS);
    await stage.streams.purge(FEED_STREAM); // what the server does to the last message, too, when it is old enough
    await stage.createPublisher().mend(2);
    expect(await stage.readPositions()).toEqual([]);
    const publisher = stage.createPublisher();
    await publisher.publish((await stage.append('ErrorReported')).slice(-1));
    expect(await stage.readPositions()).toEqual([3]);
  });

  it('begins a new log at its beginning, behind what is left of another one', async () => {
    const stage = getStage();
    await stage.createPublisher().publish(await stage.append('ErrorReported', 'ErrorReported', 'ErrorReported'));
    stage.beginNewLog();
    await stage.createPublisher().publish(await stage.append('FixHealed', 'ErrorReported'));
    expect(await stage.readPositions()).toEqual([1, 2]);
    expect((await getStage().streams.info(FEED_STREAM)).state.messages).toBe(5);
  });

  it('says so when it goes further than the log', async () => {
    const stage = getStage();
    await stage.createPublisher().publish(await stage.append('ErrorReported', 'ErrorReported'));
    const restored = stage.createPublisher();
    stage.log.store.head = () => Promise.resolve({ position: 1, recordedAt: undefined, chainHash: '' });
    await expect(restored.mend(1)).rejects.toMatchObject({ code: 'feed-ahead-of-log', kind: 'invalid' });
  });

  it('goes without its data when no message can carry it, and stops at nothing', async () => {
    const stage = getStage();
    const events = [buildEvent({ type: 'ErrorReported', data: { text: 'x'.repeat(1_048_576) } })];
    await stage.log.store.append({ writes: [{ stream: 'any', expected: 'any', events }] });
    await stage.createPublisher().publish(await readWhole(stage.log));
    const [message] = await stage.read();
    expect(message?.header.get(HEADERS.omitted)).toBe('data');
    expect(LogEventSchema.parse(message?.json())).toMatchObject({ position: '1', data: {} });
  });

  it('takes in an outage of NATS what is due as soon as it is back', async () => {
    const stage = getStage();
    const publisher = stage.createPublisher();
    await publisher.publish(await stage.append('ErrorReported'));
    await stage.nats.kill();
    const events = await stage.append('ErrorReported', 'ErrorReported');
    await expect(publisher.publish(events.slice(1))).rejects.toMatchObject({ code: 'broker-unavailable' });
    await stage.nats.restart();
    await publishUntilTaken(() => publisher.publish(events.slice(1)));
    expect(await stage.readPositions()).toEqual([1, 2, 3]);
  });

  it('keeps its order, without a double or a hole, whatever two orchestrators and the stream do', async () => {
    const action = fc.oneof(
      { weight: 3, arbitrary: fc.record({ who: fc.nat(1), pages: fc.integer({ min: 1, max: 3 }) }) },
      { weight: 1, arbitrary: fc.constant('lose the end' as const) },
      { weight: 1, arbitrary: fc.constant('restart' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), async (actions, pageSize) => {
        const stage = getStage();
        stage.beginNewLog();
        await stage.makeStreamAnew();
        const types = Array.from({ length: 60 }, (_, n) => (n % 7 === 0 ? 'TimerSet' : 'ErrorReported'));
        const events = await stage.append(...types);
        const publishers = [stage.createPublisher(), stage.createPublisher()];
        const done = [0, 0];
        const work: Promise<unknown>[] = [];
        for (const step of actions) {
          if (step === 'restart') publishers[0] = stage.createPublisher();
          else if (step === 'lose the end') {
            await Promise.allSettled(work);
            await stage.makeStreamAnew();
            await stage.createPublisher().publish(events.slice(0, pageSize));
          } else {
            const from = done[step.who] ?? 0;
            const to = from + step.pages * pageSize;
            done[step.who] = to;
            const page = events.slice(from, to);
            if (page.length > 0) work.push(publishUntilTaken(async () => publishers[step.who]?.publish(page)));
          }
        }
        await Promise.all(work);
        await stage.createPublisher().mend(events.length);
        const due = events.filter(({ type }) => type === 'ErrorReported').map(({ position }) => position);
        expect(await stage.readPositions()).toEqual(due);
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

/** As a reader of the log does: again and again. */
const publishUntilTaken = (publish: () => Promise<unknown>): Promise<void> =>
  waitUntil(() =>
    publish().then(
      () => true,
      () => false,
    ),
  );
