import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { waitUntil } from '#libs/testing';
import { runCli } from './run-cli.ts';
import { VERSION } from './version.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

let server: Server;
let base: string;
let handle: Handler;
let asked: string[];
let out: string[];
let notes: string[];

const terminal = {
  isColoured: false,
  nowMs: () => Date.parse('2026-10-01T03:01:00.000Z'),
  out: (text: string) => void out.push(text),
  note: (text: string) => void notes.push(text),
};

const run = (...args: string[]): Promise<number> => runCli([...args, '--url', base, '--timeout', '2'], terminal);

const event = (
  position: number,
  type = 'IncidentHealing',
  data: object = { incident_id: 'k-1', strategy: 'restart/service' },
) => ({
  position: String(position),
  event_id: '01a20ad7-f44b-7119-aad7-1cf690596640',
  stream: 'incident-k',
  version: position,
  type,
  schema_version: 1,
  recorded_at: '2026-10-01T03:00:00.000Z',
  data,
  metadata: { actor: 'incidents', causation_id: 'c' },
});

const incident = {
  incident_id: 'k-1',
  state: 'open',
  service: '=cmd()\u001b[2J',
  fingerprint: 'f',
  error_type: 'health',
  severity: 'critical',
  count: 2,
  opened_at: '2026-10-01T03:00:00.000Z',
  changed_at: '2026-10-01T03:00:00.000Z',
  ended_at: null,
  fix_id: null,
  strategy: null,
  reason_code: null,
};

const json = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': status === 200 ? 'application/json' : 'application/problem+json' });
  response.end(JSON.stringify(body));
};

const parse = (line: string): unknown => JSON.parse(line);

const page = (items: unknown[], nextCursor: string | null = null): object => ({ items, next_cursor: nextCursor, position: '9' });

const frame = (position: number, type?: string): string =>
  `event: log\nid: ${position}\ndata: ${JSON.stringify(event(position, type))}\n\n`;

function openStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  response.write('event: log-id\ndata: {"log_id":"one"}\n\n');
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', base);
    asked.push(url.pathname + url.search);
    handle(request, response, url);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});

beforeEach(() => {
  [asked, out, notes] = [[], [], []];
  handle = (_request, response) => json(response, page([]));
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

describe('lists', () => {
  it('hands filters to the API and shows a table that is safe to look at', async () => {
    handle = (_request, response) => json(response, page([incident], 'next'));
    expect(await run('incidents', 'list', '--state', 'open', '--service', 'memory', '--limit', '1')).toBe(0);
    expect(asked).toEqual(['/api/incidents?state=open&service=memory&limit=1']);
    expect(out.join('\n')).toMatch(
      /^INCIDENT +STATE +SERVICE .*\nk-1 +open +=cmd\(\) +critical +health +2 +2026-10-01 03:00:00 +1 min 00 s so far$/,
    );
    expect(notes).toEqual(['there are more: add --cursor next']);
  });

  it('writes CSV that no spreadsheet executes', async () => {
    handle = (_request, response) => json(response, page([incident]));
    expect(await run('incidents', 'list', '-o', 'csv')).toBe(0);
    expect(out[1]).toBe(`k-1,open,'=cmd(),critical,health,2,2026-10-01T03:00:00.000Z,,,`);
  });

  it('writes a page as JSON, and its items as lines', async () => {
    handle = (_request, response) => json(response, page([event(1), event(2)]));
    expect(await run('events', '-o', 'json')).toBe(0);
    expect(JSON.parse(out.join('\n'))).toEqual(page([event(1), event(2)]));
    out = [];
    expect(await run('events', '-o', 'jsonl', '--after', '0', '--types', 'A,B')).toBe(0);
    expect(out.map(parse)).toEqual([event(1), event(2)]);
    expect(asked[1]).toBe('/api/events?after=0&types=A%2CB&limit=50');
  });

  it('asks for any read model, narrowed and as of then, and shows shares and times as people read them', async () => {
    const success = {
      strategy: 'restart/service',
      service: 'rag',
      day: '2026-10-01',
      n: 1,
      verified: 1,
      success_low: 0.20654931437,
    };
    handle = (_request, response) => json(response, page([success]));
    expect(await run('fix-success', '--strategy', 'restart/service', '--as-of', '12')).toBe(0);
    expect(asked).toEqual(['/api/fix-success?limit=50&asOf=12&strategy=restart%2Fservice']);
    expect(out.join('\n')).toMatch(
      /^STRATEGY +SERVICE +DAY +N +VERIFIED +SUCCESS LOW\nrestart\/service +rag +2026-10-01 +1 +1 +0\.207$/,
    );
    handle = (_request, response) => json(response, page([{ agent_id: 'a', last_heard_at: '2026-10-01T03:00:00.123Z' }]));
    out = [];
    expect(await run('agents')).toBe(0);
    expect(out.join('\n')).toMatch(/2026-10-01 03:00:00$/);
  });

  it('of the read models says which lags', async () => {
    const projection = { projection: 'fixes', state: 'live', generation: 2, version: 1, digest: 'ab'.repeat(32) };
    handle = (_request, response) =>
      json(response, page([{ ...projection, position: '9', lag_events: 4, lag_ms: 7_000, parked_keys: 0 }]));
    expect(await run('projections', 'list')).toBe(0);
    expect(out.join('\n')).toMatch(/\nfixes +live +2 +1 +9 +4 +7000 +0 +abababababab$/);
    handle = (_request, response) => json(response, page([]));
    expect(await run('projections', 'parked')).toBe(0);
    expect(notes).toContain('nothing is parked: every event could be handled');
  });

  it('says on stderr what to do when there is nothing', async () => {
    expect(await run('services')).toBe(0);
    expect(out).toEqual([]);
    expect(notes[0]).toContain('the catalogue is empty');
  });
});

describe('incidents show', () => {
  it('finds the newest and tells it', async () => {
    const timeline = [{ ...event(4), since_opened_ms: 5, since_previous_ms: 0, caused_by: null }];
    handle = (_request, response, url) =>
      json(response, url.pathname === '/api/incidents' ? page([incident]) : { ...incident, timeline, omitted: 0, position: '9' });
    expect(await run('incidents', 'show', '--latest')).toBe(0);
    expect(asked).toEqual(['/api/incidents?limit=1', '/api/incidents/k-1']);
    expect(out[0]).toContain('IncidentHealing 01a20ad7-f44b-7119-aad7-1cf690596640');
    expect(await run('incidents', 'show', 'k-1', '-o', 'csv')).toBe(0);
    expect(out[1]).toMatch(/,since_opened_ms,since_previous_ms,caused_by$/);
  });

  it('ends with 3 when there is none, and with 2 when none was named', async () => {
    expect(await run('incidents', 'show', '--latest')).toBe(3);
    expect(await run('incidents', 'show')).toBe(2);
  });
});

describe('errors', () => {
  it('shows what the orchestrator says, and its next step', async () => {
    handle = (_request, response) =>
      json(response, { status: 404, detail: 'there is no incident x\u001b[2J', code: 'not-found', remediation: 'Look.' }, 404);
    expect(await run('incidents', 'show', '../x')).toBe(3);
    expect(asked).toEqual(['/api/incidents/..%2Fx']);
    expect(notes).toEqual(['error: there is no incident x [not-found]', 'next:  Look.']);
  });

  it('says how to start what does not answer', async () => {
    expect(await runCli(['services', '--url', 'http://127.0.0.1:1'], terminal)).toBe(5);
    expect(notes).toEqual([
      'error: nothing answers at http://127.0.0.1:1 (ECONNREFUSED) [unreachable]',
      'next:  Start it with `npm start`, or set --url (ZANTARA_URL).',
    ]);
  });

  it('waits no longer than it was told', async () => {
    handle = () => undefined;
    expect(await runCli(['services', '--url', base, '--timeout', '0.1'], terminal)).toBe(5);
    expect(notes[0]).toContain('no answer in time');
  });

  it('refuses an answer of something else', async () => {
    handle = (_request, response) => response.end('<html>');
    expect(await run('services')).toBe(1);
    expect(notes[0]).toContain('is not one of the orchestrator: it is not JSON');
  });

  it.each([
    [['events', '--limit', '501']],
    [['events', '--after', 'x']],
    [['incidents', 'list', '--state', 'broken']],
    [['services', '-o', 'xml']],
    [['serivces']],
    [['incidents']],
  ])('ends with 2 on %j', async (args) => {
    expect(await run(...args)).toBe(2);
    expect(asked).toEqual([]);
    expect(out).toEqual([]);
  });
});

describe('tail', () => {
  it('resumes after the last event when it is cut off in the middle of one, and says so', async () => {
    const resumedFrom: (string | undefined)[] = [];
    handle = (request, response, url) => {
      if (url.pathname === '/api/events') return json(response, page([]));
      resumedFrom.push(request.headers['last-event-id']?.toString());
      openStream(response);
      if (resumedFrom.length === 1) {
        return void response.write(frame(10) + frame(11, 'TimerSet') + frame(12).slice(0, 40), () => response.destroy());
      }
      response.write(frame(12));
    };
    const ended = run('tail');
    await waitUntil(() => out.length === 2);
    expect(resumedFrom).toEqual(['9', '11']);
    expect(out[0]).toBe('03:00:00.000  incident-k        healing begins with restart/service');
    expect(notes[0]).toBe(`following ${base} after position 9; Ctrl-C ends`);
    expect(notes[1]).toBe('connection lost (it was cut off); trying again until it is back');
    expect(notes[2]).toMatch(/^connected again after .*, going on after position 11$/);
    process.emit('SIGINT');
    expect(await ended).toBe(0);
  });

  it('goes on when the orchestrator is away for a while or answers that it is not ready', async () => {
    let connections = 0;
    handle = (_request, response) => {
      connections += 1;
      if (connections === 2) return json(response, { detail: 'starting', code: 'unavailable', remediation: 'Wait.' }, 503);
      openStream(response);
      response.write(frame(connections));
      if (connections === 1) response.end();
    };
    const ended = run('tail', '--since', '0', '-o', 'jsonl');
    await waitUntil(() => out.length === 2);
    expect(out.map(parse)).toEqual([event(1), event(3)]);
    expect(notes.filter((note) => note.startsWith('connection lost'))).toHaveLength(1);
    process.emit('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('says when the log is another one than before', async () => {
    handle = (_request, response) => {
      openStream(response);
      response.write('event: reset\nid: 4\ndata: {}\n\n');
    };
    const ended = run('tail', '--since', '900', '--types', 'TimerSet');
    await waitUntil(() => notes.length === 2);
    expect(asked).toEqual(['/api/events/stream?types=TimerSet']);
    expect(notes[1]).toBe('this is another log than before: going on after its position 4');
    process.emit('SIGINT');
    expect(await ended).toBe(0);
  });

  it('ends at once when nothing answers at first, or when it is refused', async () => {
    expect(await runCli(['tail', '--url', 'http://127.0.0.1:1'], terminal)).toBe(5);
    handle = (_request, response) => json(response, { detail: 'wrong', code: 'bad-request', remediation: 'Look.' }, 400);
    expect(await run('tail', '--since', '0')).toBe(2);
  });
});

describe('the version', () => {
  it('is that of the product', () => {
    const manifest: unknown = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(manifest).toMatchObject({ version: VERSION });
  });
});
