import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { logIdentity } from '../live/log-identity.ts';
import { readAnswer } from './read-answer.ts';

const answer = (response: Response): void => {
  jest.spyOn(globalThis, 'fetch').mockResolvedValue(response);
};

describe('asking the API', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('takes an answer that is whole', async () => {
    answer(new Response('{"items":[]}'));
    expect(await readAnswer('/api/services')).toMatchObject({ body: { items: [] } });
  });

  it('takes one that is cut in the middle for none, which may be asked for again', async () => {
    const cut = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('{"items":'));
        controller.error(new TypeError('terminated'));
      },
    });
    answer(new Response(cut));
    await expect(readAnswer('/api/services')).rejects.toMatchObject({ kind: 'away' });
  });

  it('has nothing of one that is no JSON', async () => {
    answer(new Response('<html>'));
    expect((await readAnswer('/api/services')).body).toBeUndefined();
  });

  it.each([
    [404, 'absent'],
    [400, 'wrong'],
    [401, 'denied'],
    [503, 'away'],
  ])('tells by the status %i what asking again would bring', async (status, kind) => {
    const problem = JSON.stringify({ detail: 'why', remediation: 'what next' });
    answer(new Response(problem, { status }));
    await expect(readAnswer('/api/services')).rejects.toMatchObject({ kind, message: 'why' });
  });

  it('takes no answer of another log, and lets everybody know of that log', async () => {
    const of = (logId: string): void => answer(new Response('{}', { headers: { 'zantara-log-id': logId } }));
    of('a');
    await readAnswer('/api/services');
    const { generation } = logIdentity;
    of('b');
    await expect(readAnswer('/api/services')).rejects.toMatchObject({ kind: 'away' });
    expect(logIdentity.generation).toBe(generation + 1);
    of('b');
    expect(await readAnswer('/api/services')).toMatchObject({ body: {} });
  });
});
