import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApiError } from '../api/api-error.ts';
import { Refreshed } from './refreshed.ts';

interface Answer {
  position: string;
}

const problem = (kind: ApiError['kind']): ApiError => new ApiError(kind, { kind, remediation: 'wait' });
const [away, wrong, absent] = [problem('away'), problem('wrong'), problem('absent')];
const AN_HOUR_MS = 3_600_000;

/** Answers with these, one after the other, and then with the last for ever. */
function answering(...answers: (string | Error)[]): { loads: () => number; load: () => Promise<Answer> } {
  let loads = 0;
  const load = async (): Promise<Answer> => {
    await Promise.resolve();
    const answer = answers[Math.min(loads, answers.length - 1)] ?? '0';
    loads += 1;
    if (answer instanceof Error) throw answer;
    return { position: answer };
  };
  return { loads: () => loads, load };
}

/** Answers when it is told to. */
function waiting(): { loads: () => number; load: () => Promise<Answer>; answer: (load: number, position: string) => void } {
  const answers: ((answer: Answer) => void)[] = [];
  return {
    loads: () => answers.length,
    load: () => new Promise((resolve) => answers.push(resolve)),
    answer: (load, position) => answers[load]?.({ position }),
  };
}

describe('an answer that follows the log', () => {
  const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

  async function started(source: { load: () => Promise<Answer> }): Promise<Refreshed<Answer>> {
    const refreshed = new Refreshed(source);
    refreshed.start();
    await pass(0);
    return refreshed;
  }

  const shown = (refreshed: Refreshed<Answer>): string | undefined => refreshed.value.value?.position;

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is asked for at the start, and not again while it reflects what concerns it', async () => {
    const source = answering('5');
    const refreshed = await started(source);
    refreshed.want('4');
    refreshed.want('5');
    await pass(AN_HOUR_MS);
    expect(source.loads()).toBe(1);
  });

  it('is asked for until it reflects the event', async () => {
    const source = answering('5', '6', '7', '8');
    const refreshed = await started(source);
    refreshed.want('8');
    await pass(AN_HOUR_MS);
    expect(shown(refreshed)).toBe('8');
    expect(source.loads()).toBe(4);
  });

  it('is asked for once for many events', async () => {
    const source = answering('5', '100');
    const refreshed = await started(source);
    for (let position = 6; position <= 100; position++) refreshed.want(String(position));
    await pass(AN_HOUR_MS);
    expect(shown(refreshed)).toBe('100');
    expect(source.loads()).toBe(2);
  });

  it('stays while the orchestrator is away, says why it is old, and comes again', async () => {
    const refreshed = await started(answering('5', away, '6'));
    refreshed.want('6');
    await pass(500);
    expect([shown(refreshed), refreshed.problem.value]).toEqual(['5', away]);
    await pass(2000);
    expect([shown(refreshed), refreshed.problem.value]).toEqual(['6', undefined]);
  });

  it('is asked for again soon after the orchestrator kept it waiting', async () => {
    let loads = 0;
    const load = async (): Promise<Answer> => {
      loads += 1;
      if (loads > 1) return { position: '5' };
      await new Promise((resolve) => setTimeout(resolve, 10_000));
      throw away;
    };
    const refreshed = await started({ load });
    await pass(12_000);
    expect(shown(refreshed)).toBe('5');
  });

  it('is asked for again slowly where asking is unlikely to help', async () => {
    const source = answering(wrong, '5');
    const refreshed = await started(source);
    await pass(14_000);
    expect(source.loads()).toBe(1);
    await pass(2000);
    expect(shown(refreshed)).toBe('5');
  });

  it('is not asked for again when it is absent, until an event speaks of it', async () => {
    const source = answering(absent, absent, '3');
    const refreshed = await started(source);
    await pass(AN_HOUR_MS);
    expect(source.loads()).toBe(1);
    refreshed.want('3');
    await pass(1000);
    expect(shown(refreshed)).toBe('3');
  });

  it('is asked for again when it came into being while it was looked for', async () => {
    let loads = 0;
    const refreshed: Refreshed<Answer> = new Refreshed({
      load: async () => {
        await Promise.resolve();
        loads += 1;
        if (loads > 1) return { position: '9' };
        refreshed.want('9');
        throw absent;
      },
    });
    refreshed.start();
    await pass(1000);
    expect(shown(refreshed)).toBe('9');
  });

  it('is asked for no more once it is stopped', async () => {
    const source = answering('5');
    const refreshed = await started(source);
    refreshed.stop();
    refreshed.want('9');
    await pass(AN_HOUR_MS);
    expect(source.loads()).toBe(1);
  });

  it('is asked for anew when it is started again', async () => {
    const source = waiting();
    const refreshed = await started(source);
    refreshed.stop();
    refreshed.start();
    await pass(0);
    source.answer(1, '7');
    await pass(0);
    source.answer(0, '5');
    await pass(0);
    expect(shown(refreshed)).toBe('7');
  });

  it('is dropped with its problem when the log is another one, and asked for anew', async () => {
    const refreshed = await started(answering('50', away, '3'));
    refreshed.want('51');
    await pass(500);
    expect(refreshed.problem.value).toBe(away);
    refreshed.reset();
    expect([shown(refreshed), refreshed.problem.value]).toEqual([undefined, undefined]);
    await pass(0);
    expect(shown(refreshed)).toBe('3');
  });

  it('is asked for when an event of the other log speaks of it, however early that is', async () => {
    const refreshed = await started(answering('50', absent, '4'));
    refreshed.reset();
    await pass(AN_HOUR_MS);
    refreshed.want('4');
    await pass(1000);
    expect(shown(refreshed)).toBe('4');
  });

  it('takes nothing of an older log that was under way, nor waits for it', async () => {
    const source = waiting();
    const refreshed = await started(source);
    refreshed.reset();
    await pass(0);
    expect(source.loads()).toBe(2);
    source.answer(0, '50');
    await pass(0);
    expect(shown(refreshed)).toBeUndefined();
    source.answer(1, '3');
    await pass(0);
    expect(shown(refreshed)).toBe('3');
  });

  it('knows since when it is behind, for as long as it lacks an event', async () => {
    const refreshed = await started(answering('5', '5', away, '6'));
    expect(refreshed.behindSinceMs.value).toBeUndefined();
    const sinceMs = Date.now();
    refreshed.want('6');
    await pass(1000);
    expect([refreshed.problem.value, refreshed.behindSinceMs.value]).toEqual([away, sinceMs]);
    await pass(1000);
    expect([shown(refreshed), refreshed.behindSinceMs.value]).toEqual(['6', undefined]);
  });

  it('is true as of when it was stopped until it is had again', async () => {
    const refreshed = await started(answering('5'));
    const sinceMs = Date.now();
    refreshed.stop();
    await pass(AN_HOUR_MS);
    refreshed.start();
    expect(refreshed.behindSinceMs.value).toBe(sinceMs);
    await pass(0);
    expect(refreshed.behindSinceMs.value).toBeUndefined();
  });

  it('is not behind where there is nothing to be had', async () => {
    const refreshed = await started(answering(absent));
    expect(refreshed.behindSinceMs.value).toBeUndefined();
  });
});
