import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOG_ID_HEADER } from '#libs/contracts';
import { ProblemSchema } from '#libs/contracts/schemas';
import { store } from '../../test/builders/log-builder.ts';
import { RunningOrchestrator } from '../../test/builders/running-orchestrator.ts';

let orchestrator: RunningOrchestrator;

beforeAll(async () => {
  orchestrator = await RunningOrchestrator.start();
  for (let n = 0; n < 5; n++) await store(orchestrator.log, 'test-beginning', { type: 'ThingHappened', data: { n } });
}, 60_000);
afterAll(() => orchestrator.stop());

/** Reads server-sent events until `isEnough`, then hangs up. */
async function follow(
  path: string,
  headers: Record<string, string>,
  isEnough: (frames: readonly { event: string; id: string }[]) => boolean,
): Promise<{ event: string; id: string; data: string }[]> {
  const hangUp = new AbortController();
  const response = await fetch(`${orchestrator.url}${path}`, { headers, signal: hangUp.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const frames: { event: string; id: string; data: string }[] = [];
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      const [event, id, data] = [fields.get('event'), fields.get('id'), fields.get('data')];
      if (event !== undefined && id !== undefined && data !== undefined) frames.push({ event, id, data });
    }
    if (isEnough(frames)) break;
  }
  hangUp.abort();
  return frames;
}

describe('following the log', () => {
  it('misses and doubles nothing over interruptions while the log grows', async () => {
    const start = (await orchestrator.log.store.head()).position;
    const growing = (async () => {
      for (let n = 0; n < 60; n++) await store(orchestrator.log, 'test-growth', { type: 'ThingHappened', data: { n } });
    })();
    const seen: string[] = [];
    while (seen.length < 60) {
      const resumeAt = seen.at(-1) ?? String(start);
      const frames = await follow(
        '/api/events/stream',
        { 'last-event-id': resumeAt },
        (got) => got.length >= 13 || seen.length + got.length >= 60,
      );
      seen.push(...frames.map(({ id }) => id));
    }
    await growing;
    expect(seen.slice(0, 60)).toEqual(Array.from({ length: 60 }, (_, index) => String(start + index + 1)));
  });

  it('sends only the wanted types, each under its position', async () => {
    const frames = await follow('/api/events/stream?after=0&types=ServiceRegistered', {}, (got) => got.length === 1);
    expect(JSON.parse(frames[0]?.data ?? '{}')).toMatchObject({ type: 'ServiceRegistered', position: frames[0]?.id });
  });

  it('tells a reader of another log to begin anew', async () => {
    const { position } = await orchestrator.log.store.head();
    const [reset] = await follow('/api/events/stream', { 'last-event-id': '999999999' }, (got) => got.length === 1);
    expect(reset).toEqual({ event: 'reset', id: String(position), data: '{}' });
  });

  it('says first which log it is, without moving the reader, and then that the place is of another one', async () => {
    const response = await orchestrator.fetch('/api/events/stream?after=999999999');
    const logId = await orchestrator.log.store.logId();
    expect(response.headers.get(LOG_ID_HEADER)).toBe(logId);
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      if (text.includes('event: reset')) break;
    }
    expect(text).toContain(`retry: 1000\n\nevent: log-id\ndata: {"log_id":"${logId}"}\n\nevent: reset\n`);
  });

  it('prefers Last-Event-ID to the query, and refuses what is no place', async () => {
    const [frame] = await follow('/api/events/stream?after=0', { 'last-event-id': '3' }, (got) => got.length >= 1);
    expect(frame?.id).toBe('4');
    const refusal = await orchestrator.fetch('/api/events/stream', { 'last-event-id': 'x' });
    expect(ProblemSchema.parse(await refusal.json()).code).toBe('invalid-position');
  });
});
