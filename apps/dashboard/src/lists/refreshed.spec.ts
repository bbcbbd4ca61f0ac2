import { describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing';
import { ApiError } from '../api/api-error.ts';
import { Refreshed } from './refreshed.ts';

const away = new ApiError('away', { kind: 'away', remediation: 'wait' });

/** Answers with these, one after the other, and then with the last for ever. */
function answering(...answers: (string | Error)[]): { loads: () => number; load: () => Promise<{ position: string }> } {
  let loads = 0;
  const load = async (): Promise<{ position: string }> => {
    await Promise.resolve();
    const answer = answers[Math.min(loads, answers.length - 1)] ?? '0';
    loads += 1;
    if (answer instanceof Error) throw answer;
    return { position: answer };
  };
  return { loads: () => loads, load };
}

describe('an answer that follows the log', () => {
  it('is asked for at the start, and not again while nothing concerns it', async () => {
    const source = answering('5');
    const refreshed = new Refreshed(source);
    refreshed.start();
    await waitUntil(() => refreshed.value.value?.position === '5');
    refreshed.want('4');
    refreshed.want('5');
    refreshed.want('6');
    await waitUntil(() => source.loads() === 2);
    refreshed.stop();
    expect(source.loads()).toBe(2);
  });

  it('is asked for until it reflects the event', async () => {
    const source = answering('5', '6', '7', '8');
    const refreshed = new Refreshed(source);
    refreshed.start();
    refreshed.want('8');
    await waitUntil(() => refreshed.value.value?.position === '8');
    expect(source.loads()).toBe(4);
    refreshed.stop();
  });

  it('asks once for many events', async () => {
    const source = answering('5', '100');
    const refreshed = new Refreshed(source);
    refreshed.start();
    await waitUntil(() => source.loads() === 1);
    for (let position = 6; position <= 100; position++) refreshed.want(String(position));
    await waitUntil(() => refreshed.value.value?.position === '100');
    expect(source.loads()).toBe(2);
    refreshed.stop();
  });

  it('keeps what it had while the orchestrator is away, and asks again', async () => {
    const source = answering('5', away, '6');
    const refreshed = new Refreshed(source);
    refreshed.start();
    await waitUntil(() => refreshed.value.value !== undefined);
    refreshed.want('6');
    await waitUntil(() => refreshed.problem.value === away);
    expect(refreshed.value.value?.position).toBe('5');
    await waitUntil(() => refreshed.value.value?.position === '6');
    expect(refreshed.problem.value).toBeUndefined();
    refreshed.stop();
  });

  it('does not ask again for what asking does not change', async () => {
    const absent = new ApiError('absent', { kind: 'absent', remediation: 'look' });
    const source = answering(absent);
    const refreshed = new Refreshed(source);
    refreshed.start();
    await waitUntil(() => refreshed.problem.value === absent);
    refreshed.want('3');
    await waitUntil(() => source.loads() === 2);
    refreshed.stop();
    expect(source.loads()).toBe(2);
  });

  it('asks again for what came into being while it was looked for', async () => {
    let loads = 0;
    const refreshed: Refreshed<{ position: string }> = new Refreshed({
      load: async () => {
        await Promise.resolve();
        loads += 1;
        if (loads > 1) return { position: '9' };
        refreshed.want('9');
        throw new ApiError('absent', { kind: 'absent', remediation: 'look' });
      },
    });
    refreshed.start();
    await waitUntil(() => refreshed.value.value?.position === '9');
    refreshed.stop();
    expect(loads).toBe(2);
  });

  it('asks no more once it is stopped', async () => {
    const source = answering('5');
    const stopped = new Refreshed(source);
    stopped.start();
    stopped.stop();
    stopped.want('9');
    const other = new Refreshed(answering('5'));
    other.start();
    await waitUntil(() => other.value.value !== undefined);
    other.stop();
    expect(source.loads()).toBe(0);
  });

  it('begins anew with another log', async () => {
    const source = answering('50', '3');
    const refreshed = new Refreshed(source);
    refreshed.start();
    await waitUntil(() => refreshed.value.value?.position === '50');
    refreshed.reset();
    await waitUntil(() => refreshed.value.value?.position === '3');
    refreshed.stop();
  });
});
