import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AnsweringServer } from '../../../test/builders/answering-server.ts';
import { runCli } from './run-cli.ts';

let server: AnsweringServer;
let out: string[];
let notes: string[];

const terminal = {
  isColoured: false,
  nowMs: () => 0,
  out: (line: string) => void out.push(line),
  note: (line: string) => void notes.push(line),
};
const run = (...args: string[]): Promise<number> => runCli(['escalations', ...args, '--url', server.url], terminal);

beforeAll(async () => {
  server = await AnsweringServer.start();
});
beforeEach(() => {
  [server.asked, out, notes] = [[], [], []];
});
afterAll(() => server.stop());

const askedLines = (): string[] => server.asked.map(({ line }) => line);

const INCIDENT = {
  incident_id: 'k-1',
  service: 'rag',
  state: 'escalated',
  reason: 'every attempt failed',
  tried: [{ strategy: 'restart/service', attempt: 1, verdict: null, reason: 'the disk is full' }],
  objections: [{ guard: 'action-rate', verdict: 'deny', reason: 'too often' }],
};
const DETAIL = {
  escalation_id: 'service-rag-1',
  state: 'open',
  summary: 'rag needs a person\u001b[2J',
  since: '2026-10-01T03:00:00.000Z',
  incident_count: 3,
  incidents: [INCIDENT],
  next: ['zantara incidents show k-1'],
};

describe('zantara escalations', () => {
  it('lists them, those that are open if that is asked for', async () => {
    const item = { escalation_id: 'service-rag-1', root: 'service:rag', state: 'open', incidents: 1, attempts: 2 };
    server.answer = { status: 200, body: { items: [item], next_cursor: null, position: '3' } };
    expect(await run('--state', 'open')).toBe(0);
    expect(askedLines()).toEqual(['GET /api/escalations?limit=50&state=open']);
    expect(out.join('\n')).toContain('service-rag-1');
  });

  it('tells one: what happened, what was tried, what to type', async () => {
    server.answer = { status: 200, body: { data: DETAIL, position: '3' } };
    expect(await run('show', 'service-rag-1')).toBe(0);
    expect(askedLines()).toEqual(['GET /api/escalations/service-rag-1']);
    expect(out.join('\n').split('\n')).toEqual([
      'service-rag-1  open since 2026-10-01T03:00:00.000Z',
      'rag needs a person',
      'k-1  rag, escalated: every attempt failed',
      '  tried restart/service, attempt 1: the disk is full',
      '  action-rate says deny: too often',
      'and 2 more incidents',
      'next:',
      '  $ zantara incidents show k-1',
    ]);
  });

  it('sends one again, or says that it would', async () => {
    const replayed = { escalation_id: 'service-rag-1', webhook_id: 'msg_1', position: '9' };
    server.answer = { status: 200, body: { ...replayed, dry_run: true } };
    expect(await run('replay', 'service-rag-1', '--reason', 'it was away', '--dry-run')).toBe(0);
    server.answer = { status: 200, body: { ...replayed, dry_run: false } };
    expect(await run('replay', 'service-rag-1', '--reason', 'it was away')).toBe(0);
    expect(server.asked).toMatchObject([
      { line: 'POST /api/escalations/service-rag-1/replay', body: { reason: 'it was away', dry_run: true } },
      { line: 'POST /api/escalations/service-rag-1/replay', body: { reason: 'it was away', dry_run: false } },
    ]);
    expect(notes).toEqual([
      'service-rag-1 would be sent again; nothing was stored (msg_1)',
      'service-rag-1 is sent again (msg_1)',
    ]);
  });

  it('asks nothing without a reason, and says what is refused', async () => {
    expect(await run('replay', 'service-rag-1')).toBe(2);
    expect(askedLines()).toEqual([]);
    const body = { status: 409, detail: 'no webhook', code: 'webhook-not-configured', remediation: 'Set it.' };
    server.answer = { status: 409, body };
    expect(await run('replay', 'service-rag-1', '--reason', 'x')).toBe(6);
    expect(notes.slice(-2)).toEqual(['error: no webhook [webhook-not-configured]', 'next:  Set it.']);
  });
});
