import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOG_ID_HEADER } from '#libs/contracts';
import { ProblemSchema } from '#libs/contracts/schemas';
import { RunningOrchestrator } from '../../../test/builders/running-orchestrator.ts';

let orchestrator: RunningOrchestrator;

interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What `fetch` doesn't let a program say: any Host, any path as it is. */
async function ask(path: string, { method = 'GET', host = 'localhost' } = {}): Promise<Answer> {
  const { port } = new URL(orchestrator.url);
  const asking = request({ host: '127.0.0.1', port, path, method, headers: { host }, agent: false }).end();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asking.once('response', resolve).once('error', reject);
  });
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

const problemOf = ({ headers, body }: Answer): unknown => {
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  return ProblemSchema.parse(JSON.parse(body));
};

beforeAll(async () => {
  orchestrator = await RunningOrchestrator.start({ ALLOWED_HOSTS: 'zantara.example.org' });
}, 60_000);
afterAll(() => orchestrator.stop());

describe('the HTTP server', () => {
  it.each(['localhost', 'LOCALHOST:3000', '127.0.0.1', '127.0.0.1:65535', '[::1]:3000', 'zantara.example.org:443'])(
    'answers who asks for %s',
    async (host) => {
      expect((await ask('/api/services', { host })).status).toBe(200);
    },
  );

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:3000', 'sub.zantara.example.org'])(
    'answers nothing to who asks for "%s"',
    async (host) => {
      for (const path of ['/', '/api/services', '/api/events/stream', '/assets/x.js', '/metrics', '/nothing']) {
        expect(problemOf(await ask(path, { host }))).toMatchObject({ status: 403, code: 'host-not-allowed' });
      }
    },
  );

  it.each(['/%zz', '/api/incidents/%zz', '/assets/%'])('answers 400 to %s, which nobody can read', async (path) => {
    expect(problemOf(await ask(path))).toMatchObject({ status: 400, code: 'bad-request' });
  });

  it.each(['/api/services', '/api/nothing', '/api/events?limit=0', '/api/%zz'])(
    'says under %s which log it is of, and has nobody keep it',
    async (path) => {
      expect((await ask(path)).headers).toMatchObject({
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        [LOG_ID_HEADER]: await orchestrator.log.store.logId(),
      });
    },
  );

  it('ends at once what asks only how the stream of events would begin, which says the same', async () => {
    const begun = await orchestrator.fetch('/api/events/stream');
    await begun.body?.cancel();
    const { status, headers } = await ask('/api/events/stream', { method: 'HEAD' });
    expect(status).toBe(200);
    for (const answered of [headers, Object.fromEntries(begun.headers)]) {
      expect(answered).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': expect.stringContaining('no-store'),
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
      });
    }
  });

  it('stops although somebody is connected who asks nothing', async () => {
    const other = await RunningOrchestrator.start();
    const { hostname, port } = new URL(other.url);
    const silent = connect(Number(port), hostname);
    await once(silent, 'connect');
    const closed = once(silent.resume(), 'close');
    await other.stop();
    await closed;
  });
});
