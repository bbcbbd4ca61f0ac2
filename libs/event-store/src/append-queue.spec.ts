import { describe, expect, it } from '@jest/globals';
import { buildAppend, waitUntil } from '#libs/testing';
import { AppendQueue, type AppendQueueLimits } from './append-queue.ts';
import { type EncodedRequest, encodeRequest } from './encoded-request.ts';
import type { AppendResult } from './event-store.ts';
import { AppendOutcomeUnknownError, InvalidAppendError, LogCorruptedError, LogUnavailableError } from './event-store.errors.ts';

interface Commit {
  readonly requests: readonly EncodedRequest[];
  succeed(): void;
  fail(error: Error): void;
}

/** A queue whose commits the test ends by hand. */
function createQueue(limits: Partial<AppendQueueLimits> = {}): { queue: AppendQueue; commits: Commit[] } {
  const commits: Commit[] = [];
  let position = 0;
  const queue = new AppendQueue(
    (requests) =>
      new Promise((resolve, reject) => {
        const succeed = (): void =>
          resolve(
            requests.map((): AppendResult => {
              position += 1;
              return { status: 'appended', firstPosition: position, lastPosition: position };
            }),
          );
        commits.push({ requests, succeed, fail: reject });
      }),
    limits,
  );
  return { queue, commits };
}

const request = (stream = 's-1', events = 1): EncodedRequest => encodeRequest(buildAppend(stream, 'any', events));
const streams = (commit: Commit | undefined): string[] =>
  commit?.requests.flatMap(({ writes }) => writes.map(({ stream }) => stream)) ?? [];

describe('append queue', () => {
  it('sends what comes together in one commit', async () => {
    const { queue, commits } = createQueue();
    const answers = [queue.add(request('a-1')), queue.add(request('b-1'))];
    await waitUntil(() => commits.length === 1);
    commits[0]?.succeed();
    expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual(['appended', 'appended']);
    expect(streams(commits[0])).toEqual(['a-1', 'b-1']);
  });

  it('fills the next batch while a commit is in flight', async () => {
    const { queue, commits } = createQueue();
    const answers = [queue.add(request('a-1'))];
    await waitUntil(() => commits.length === 1);
    answers.push(queue.add(request('b-1')));
    await Promise.resolve();
    answers.push(queue.add(request('c-1')));
    expect(commits).toHaveLength(1);
    commits[0]?.succeed();
    await waitUntil(() => commits.length === 2);
    commits[1]?.succeed();
    await Promise.all(answers);
    expect(commits.map(streams)).toEqual([['a-1'], ['b-1', 'c-1']]);
  });

  it('lets whoever is answered join a small next batch', async () => {
    const { queue, commits } = createQueue();
    const again = queue.add(request('a-1')).then(() => queue.add(request('a-2')));
    await waitUntil(() => commits.length === 1);
    const other = queue.add(request('b-1'));
    commits[0]?.succeed();
    await waitUntil(() => commits.length === 2);
    commits[1]?.succeed();
    await Promise.all([again, other]);
    expect(commits.map(streams)).toEqual([['a-1'], ['b-1', 'a-2']]);
  });

  it('has a large next batch under way before it answers', async () => {
    const { queue, commits } = createQueue();
    let commitsAtAnswer = 0;
    const first = queue.add(request('a-1')).then(() => {
      commitsAtAnswer = commits.length;
    });
    await waitUntil(() => commits.length === 1);
    const second = queue.add(request('b-1', 100));
    commits[0]?.succeed();
    await first;
    commits[1]?.succeed();
    await second;
    expect(commitsAtAnswer).toBe(2);
  });

  it('cuts batches at their limit and lets a larger request go alone', async () => {
    const { queue, commits } = createQueue({ batchEvents: 3 });
    const answers = [2, 1, 1, 7, 1].map((events, n) => queue.add(request(`s-${n}`, events)));
    for (let n = 0; n < 4; n += 1) {
      await waitUntil(() => commits.length === n + 1);
      commits[n]?.succeed();
    }
    await Promise.all(answers);
    expect(commits.map(streams)).toEqual([['s-0', 's-1'], ['s-2'], ['s-3'], ['s-4']]);
  });

  it('refuses more than it may hold until there is room again', async () => {
    const { queue, commits } = createQueue({ maxWaitingEvents: 5 });
    const first = queue.add(request('a-1', 4));
    await expect(queue.add(request('b-1', 2))).rejects.toMatchObject({ code: 'append-queue-full', kind: 'unavailable' });
    expect(queue.waitingEvents).toBe(4);
    await waitUntil(() => commits.length === 1);
    commits[0]?.succeed();
    await first;
    expect(queue.waitingEvents).toBe(0);
    const large = queue.add(request('c-1', 9));
    await waitUntil(() => commits.length === 2);
    commits[1]?.succeed();
    await expect(large).resolves.toMatchObject({ status: 'appended' });
  });

  it('refuses more bytes than it may hold', async () => {
    const { queue, commits } = createQueue({ maxWaitingBytes: 1_000 });
    const first = queue.add(request('a-1', 3));
    await expect(queue.add(request('b-1', 3))).rejects.toMatchObject({ code: 'append-queue-full' });
    await waitUntil(() => commits.length === 1);
    commits[0]?.succeed();
    await first;
  });

  it.each([new LogUnavailableError('away'), new AppendOutcomeUnknownError()])(
    'tries the same requests again after %s',
    async (failure) => {
      const { queue, commits } = createQueue();
      const answers = [queue.add(request('a-1')), queue.add(request('b-1'))];
      await waitUntil(() => commits.length === 1);
      commits[0]?.fail(failure);
      await waitUntil(() => commits.length === 2);
      commits[1]?.succeed();
      await Promise.all(answers);
      expect(commits[1]?.requests).toEqual(commits[0]?.requests);
    },
  );

  it('gives up when the time of a request is over, and says if it may be stored', async () => {
    const { queue, commits } = createQueue({ giveUpAfterMs: 0 });
    const unsent = queue.add(request());
    await waitUntil(() => commits.length === 1);
    commits[0]?.fail(new LogUnavailableError('away'));
    await expect(unsent).rejects.toMatchObject({ code: 'log-unavailable' });
    const doubtful = queue.add(request());
    await waitUntil(() => commits.length === 2);
    commits[1]?.fail(new AppendOutcomeUnknownError());
    await expect(doubtful).rejects.toMatchObject({ code: 'append-outcome-unknown' });
  });

  it('stores the others of a batch that the database refuses for one', async () => {
    const { queue, commits } = createQueue();
    const answers = ['a-1', 'bad-1', 'c-1'].map((stream) => queue.add(request(stream)));
    const outcomes = Promise.allSettled(answers);
    await waitUntil(() => commits.length === 1);
    commits[0]?.fail(new InvalidAppendError('one is bad'));
    for (let n = 1; n <= 3; n += 1) {
      await waitUntil(() => commits.length === n + 1);
      if (streams(commits[n])[0] === 'bad-1') commits[n]?.fail(new InvalidAppendError('this one'));
      else commits[n]?.succeed();
    }
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('puts back once and in order what is left when the database goes away meanwhile', async () => {
    const { queue, commits } = createQueue();
    const answers = ['a-1', 'b-1', 'c-1', 'd-1'].map((stream) => queue.add(request(stream)));
    await waitUntil(() => commits.length === 1);
    commits[0]?.fail(new InvalidAppendError('one is bad'));
    await waitUntil(() => commits.length === 2);
    commits[1]?.succeed();
    await waitUntil(() => commits.length === 3);
    commits[2]?.fail(new LogUnavailableError('away'));
    await waitUntil(() => commits.length === 4);
    commits[3]?.succeed();
    await Promise.all(answers);
    expect(commits.map(streams)).toEqual([['a-1', 'b-1', 'c-1', 'd-1'], ['a-1'], ['b-1'], ['b-1', 'c-1', 'd-1']]);
  });

  it('looks for no culprit in a batch when the log is damaged', async () => {
    const { queue, commits } = createQueue();
    const outcomes = Promise.allSettled([queue.add(request('a-1')), queue.add(request('b-1'))]);
    await waitUntil(() => commits.length === 1);
    commits[0]?.fail(new LogCorruptedError('a row is in the way'));
    expect(await outcomes).toMatchObject([{ reason: { code: 'log-corrupted' } }, { reason: { code: 'log-corrupted' } }]);
    expect(commits).toHaveLength(1);
  });

  it('finishes what was accepted before it closes', async () => {
    const { queue, commits } = createQueue();
    const answer = queue.add(request());
    const closed = queue.close();
    await expect(queue.add(request())).rejects.toMatchObject({ code: 'log-unavailable' });
    await waitUntil(() => commits.length === 1);
    commits[0]?.succeed();
    await expect(answer).resolves.toMatchObject({ status: 'appended' });
    await closed;
  });

  it('does not try again once it is closed', async () => {
    const { queue, commits } = createQueue();
    const answer = queue.add(request());
    await waitUntil(() => commits.length === 1);
    const closed = queue.close();
    commits[0]?.fail(new LogUnavailableError('away'));
    await expect(answer).rejects.toMatchObject({ code: 'log-unavailable' });
    await closed;
    expect(commits).toHaveLength(1);
  });
});
