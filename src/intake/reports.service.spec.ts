import { describe, expect, it } from '@jest/globals';
import { HEADERS, type Receipt } from '#libs/contracts';
import { InMemoryCheckpoints } from '#libs/event-store';
import { type CoreMessage, type InboundMessage, NatsLink } from '#libs/messaging';
import { buildConfiguration } from '../../test/builders/configuration-builder.ts';
import { FlakyEventStore } from '../../test/builders/flaky-event-store.ts';
import { buildMessage, type MessageParts } from '../../test/builders/inbound-message-builder.ts';
import { BEGIN_MS, buildWireError } from '../../test/builders/incident-builder.ts';
import { readWhole } from '../../test/builders/log-builder.ts';
import { ManualClock } from '../../test/builders/manual-clock.ts';
import { noCompanions } from '../../test/builders/no-companions.ts';
import { Log } from '../platform/log/log.ts';
import { Metrics } from '../platform/metrics/metrics.ts';
import { DeadLettersService } from './dead-letters.service.ts';
import { ReceiptsService } from './receipts.service.ts';
import { ReportsService } from './reports.service.ts';
import { ResultsService } from './results.service.ts';

/** Intake on a log in memory; what would go out by NATS is kept. */
class Intake {
  readonly clock = new ManualClock();
  readonly metrics = new Metrics();
  readonly events = new FlakyEventStore({
    now: this.clock.now,
    onReplaced: (characters) => this.metrics.replacedCharacters.inc(characters),
  });
  readonly log = new Log(this.events, new InMemoryCheckpoints(), this.clock);
  readonly receipts: { subject: string; receipt: Receipt }[] = [];
  readonly deadLetters = new DeadLettersService(this.log, this.metrics);
  private readonly sender = new ReceiptsService(this.recordingLink(), buildConfiguration());
  readonly reports = new ReportsService(this.log, this.clock, this.sender, this.deadLetters, this.metrics, noCompanions());
  readonly results = new ResultsService(this.log, this.sender, this.deadLetters, this.metrics);

  async stored(type: string): Promise<Record<string, unknown>[]> {
    return (await readWhole(this.log)).filter((event) => event.type === type).map(({ data }) => data);
  }

  async countReplaced(): Promise<number | undefined> {
    return (await this.metrics.replacedCharacters.get()).values[0]?.value;
  }

  private recordingLink(): NatsLink {
    const send = ({ subject, body }: { subject: string; body: Uint8Array } & Partial<CoreMessage>): void => {
      this.receipts.push({ subject, receipt: JSON.parse(new TextDecoder().decode(body)) as Receipt });
    };
    return Object.assign(Object.create(NatsLink.prototype), { send }) as NatsLink;
  }
}

const idOf = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const buildReport = (items: unknown[], parts: MessageParts = {}): InboundMessage =>
  buildMessage({ body: { v: 1, agent_id: 'memory-agent', items }, ...parts });
const buildItem = (n: number, error: object = {}): object => ({ error: { ...buildWireError(), id: idOf(n), ...error } });
/** The message with a text of it nested so deep that JSON.stringify couldn't write it. */
function nestDeep(message: InboundMessage): InboundMessage {
  const text = new TextDecoder().decode(message.data).replace('"DEEP"', '['.repeat(10_000) + ']'.repeat(10_000));
  return buildMessage({ subject: message.subject, data: new TextEncoder().encode(text) });
}
const buildResult = (body: object, parts: MessageParts = {}): InboundMessage =>
  buildMessage({
    kind: 'result',
    body: { v: 1, agent_id: 'memory-agent', command_id: 'f1.1', phase: 'succeeded', ...body },
    ...parts,
  });

describe('the intake of reports', () => {
  it('stores a report, acknowledges the message and receipts the report', async () => {
    const intake = new Intake();
    expect(await intake.reports.takeIn([buildReport([buildItem(1)])])).toEqual([{ action: 'ack' }]);
    expect(await intake.stored('ErrorReported')).toHaveLength(1);
    expect(intake.receipts).toEqual([
      {
        subject: expect.stringMatching(/receipt\.memory-agent$/),
        receipt: { v: 1, kind: 'report', ids: [idOf(1)], rejected: [] },
      },
    ]);
  });

  it('stores a report once, however often it is sent', async () => {
    const intake = new Intake();
    const again = { sequence: 2, headers: { [HEADERS.attempt]: '2', [HEADERS.ageMs]: '30000' } };
    await intake.reports.takeIn([buildReport([buildItem(1)])]);
    await intake.reports.takeIn([buildReport([buildItem(1)]), buildReport([buildItem(1)], again)]);
    expect(await intake.stored('ErrorReported')).toHaveLength(1);
    expect(intake.receipts.map(({ receipt }) => receipt.ids)).toEqual([[idOf(1)], [idOf(1), idOf(1)]]);
  });

  it('refuses a changed report under a known id, and says so', async () => {
    const intake = new Intake();
    await intake.reports.takeIn([buildReport([buildItem(1)])]);
    await intake.reports.takeIn([buildReport([buildItem(1, { severity: 'low' })], { sequence: 2 })]);
    expect(intake.receipts.at(-1)?.receipt).toMatchObject({
      ids: [],
      rejected: [{ id: idOf(1), reason_code: 'report-changed' }],
    });
    expect(await intake.stored('MessageDeadLettered')).toMatchObject([{ reason_code: 'report-changed' }]);
  });

  it("keeps one agent's ids apart from another's", async () => {
    const intake = new Intake();
    await intake.reports.takeIn([buildReport([buildItem(1)]), buildReport([buildItem(1)], { agentId: 'rag-agent' })]);
    expect((await intake.stored('ErrorReported')).map((data) => data['agent_id'])).toEqual(['memory-agent', 'rag-agent']);
  });

  it('buries broken items with their reason and stores the others', async () => {
    const intake = new Intake();
    const message = buildReport([buildItem(1), { error: { id: idOf(2) } }, buildItem(3)]);
    expect(await intake.reports.takeIn([message])).toEqual([{ action: 'ack' }]);
    await intake.reports.takeIn([message]);
    expect(await intake.stored('ErrorReported')).toHaveLength(2);
    expect(await intake.stored('MessageDeadLettered')).toHaveLength(1);
    expect(intake.receipts[0]?.receipt).toMatchObject({
      ids: [idOf(1), idOf(3)],
      rejected: [{ id: idOf(2), reason_code: 'invalid-report' }],
    });
  });

  it('buries a report that nests too deep, and stores those beside it', async () => {
    const intake = new Intake();
    const message = nestDeep(buildReport([buildItem(1), buildItem(2, { data: { x: 'DEEP' } }), buildItem(3)]));
    expect(await intake.reports.takeIn([message])).toEqual([{ action: 'ack' }]);
    expect((await intake.stored('ErrorReported')).map(({ error }) => error)).toMatchObject([{ id: idOf(1) }, { id: idOf(3) }]);
    expect(await intake.stored('MessageDeadLettered')).toMatchObject([
      { reason_code: 'json-too-deep', reason: 'the value nests deeper than 100 lists and objects' },
    ]);
    expect(intake.receipts[0]?.receipt).toMatchObject({ ids: [idOf(1), idOf(3)], rejected: [{ id: idOf(2) }] });
  });

  it('buries a report of the wrong form that nests too deep', async () => {
    const intake = new Intake();
    await intake.reports.takeIn([nestDeep(buildReport([buildItem(1, { data: ['DEEP'] }), buildItem(2)]))]);
    expect(await intake.stored('ErrorReported')).toHaveLength(1);
    expect(await intake.stored('MessageDeadLettered')).toMatchObject([{ reason_code: 'invalid-report' }]);
  });

  it('counts the characters that were stored as replaced, once', async () => {
    const intake = new Intake();
    const message = buildReport([buildItem(1, { data: { message: 'a\0b\ud800' } })]);
    await intake.reports.takeIn([message]);
    await intake.reports.takeIn([message]);
    expect(await intake.countReplaced()).toBe(2);
  });

  it.each([
    ['not-json', { data: new TextEncoder().encode('{"v":') }],
    ['not-json', { data: new Uint8Array([0xff, 0xfe]) }],
    ['unknown-subject', { subject: 'some.where' }],
    ['unknown-subject', { kind: 'heartbeat' as const }],
  ])('gives a message up as %s without storing anything (%#)', async (reasonCode, parts) => {
    const intake = new Intake();
    expect(await intake.reports.takeIn([buildMessage(parts)])).toMatchObject([{ action: 'dead-letter', reasonCode }]);
    expect(await readWhole(intake.log)).toEqual([]);
    expect(intake.receipts).toEqual([]);
  });

  it('keeps an unreadable envelope once and tells the agent not to send its reports again', async () => {
    const intake = new Intake();
    const message = buildMessage({ body: { v: 9, items: [1, 2].map((n) => buildItem(n)) } });
    expect(await intake.reports.takeIn([message])).toEqual([{ action: 'ack' }]);
    expect(await intake.stored('MessageDeadLettered')).toMatchObject([{ reason_code: 'invalid-envelope' }]);
    const why = (n: number, reason: unknown): object => ({ id: idOf(n), reason_code: 'invalid-envelope', reason });
    const rejected = [why(1, expect.stringContaining('agent_id')), why(2, 'as the first')];
    expect(intake.receipts.at(-1)?.receipt).toMatchObject({ ids: [], rejected });
  });

  it('receipts nothing while the log is away', async () => {
    const intake = new Intake();
    intake.events.nextFailure = 'before';
    await expect(intake.reports.takeIn([buildReport([buildItem(1)])])).rejects.toMatchObject({ retryable: true });
    expect(intake.receipts).toEqual([]);
  });

  it('stores once what was stored and not answered', async () => {
    const intake = new Intake();
    intake.events.nextFailure = 'after';
    await expect(intake.reports.takeIn([buildReport([buildItem(1)])])).rejects.toThrow('broken after');
    await intake.reports.takeIn([buildReport([buildItem(1)])]);
    expect(await intake.stored('ErrorReported')).toHaveLength(1);
    expect(intake.receipts).toHaveLength(1);
  });

  it('keeps a trace context and no other text of that header', async () => {
    const intake = new Intake();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await intake.reports.takeIn([
      buildReport([buildItem(1)], { headers: { [HEADERS.traceparent]: traceparent } }),
      buildReport([buildItem(2)], { headers: { [HEADERS.traceparent]: 'password=hunter2' } }),
    ]);
    expect((await readWhole(intake.log)).map(({ metadata }) => metadata.traceparent)).toEqual([traceparent, undefined]);
  });

  it('tells the age by clocks that can be trusted', async () => {
    const intake = new Intake();
    const parts = { headers: { [HEADERS.ageMs]: '4000' }, storedAt: new Date(BEGIN_MS - 1000) };
    await intake.reports.takeIn([buildReport([buildItem(1, { timestamp: '1999-01-01T00:00:00Z' })], parts)]);
    expect(await intake.stored('ErrorReported')).toMatchObject([
      { age_ms: 5000, observed_at: new Date(BEGIN_MS - 5000).toISOString() },
    ]);
  });
});

describe('the intake of results', () => {
  it('stores each phase of a command once', async () => {
    const intake = new Intake();
    const messages = [buildResult({ phase: 'acknowledged' }), buildResult({}), buildResult({}, { sequence: 9 })];
    expect(await intake.results.takeIn(messages)).toEqual([{ action: 'ack' }, { action: 'ack' }, { action: 'ack' }]);
    expect((await intake.stored('ResultReported')).map(({ phase }) => phase)).toEqual(['acknowledged', 'succeeded']);
    expect(intake.receipts.map(({ receipt }) => receipt.ids)).toEqual([
      ['f1.1:acknowledged', 'f1.1:succeeded', 'f1.1:succeeded'],
    ]);
  });

  it('refuses a phase that is told differently a second time', async () => {
    const intake = new Intake();
    await intake.results.takeIn([buildResult({})]);
    expect(await intake.results.takeIn([buildResult({ duration_ms: 7 })])).toEqual([{ action: 'ack' }]);
    expect(await intake.stored('MessageDeadLettered')).toMatchObject([{ reason_code: 'result-changed' }]);
    expect(intake.receipts.at(-1)?.receipt).toMatchObject({ kind: 'result', ids: [], rejected: [{ id: 'f1.1:succeeded' }] });
  });

  it('refuses what can not be stored, and says so', async () => {
    const intake = new Intake();
    await intake.results.takeIn([nestDeep(buildResult({ evidence: { x: 'DEEP' } }))]);
    expect(await intake.stored('MessageDeadLettered')).toMatchObject([{ reason_code: 'json-too-deep' }]);
    expect(intake.receipts[0]?.receipt).toMatchObject({ kind: 'result', rejected: [{ id: 'f1.1:succeeded' }] });
  });

  it('counts the characters that were replaced', async () => {
    const intake = new Intake();
    await intake.results.takeIn([buildResult({ detail: 'a\0b' })]);
    expect(await intake.countReplaced()).toBe(1);
  });

  it.each([
    { command_id: { toString: 1, valueOf: null }, phase: 'failed' },
    { command_id: ['a'], phase: {} },
    { command_id: '\ud800', phase: '\ud800' },
  ])('keeps one whose id is no text, and does not stumble over it (%#)', async (body) => {
    const intake = new Intake();
    expect(await intake.results.takeIn([buildResult(body)])).toEqual([{ action: 'ack' }]);
    expect(await intake.stored('MessageDeadLettered')).toMatchObject([{ reason_code: 'invalid-result' }]);
  });

  it('gives up what is no JSON by itself, and takes in the rest of the batch', async () => {
    const intake = new Intake();
    const broken = buildMessage({ kind: 'result', data: new TextEncoder().encode('{') });
    const settlements = await intake.results.takeIn([broken, buildResult({})]);
    expect(settlements).toMatchObject([{ action: 'dead-letter', reasonCode: 'not-json' }, { action: 'ack' }]);
    expect(await intake.stored('ResultReported')).toHaveLength(1);
  });

  it('redacts what the agent says and saved', async () => {
    const intake = new Intake();
    const secret = 'sk-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH';
    await intake.results.takeIn([buildResult({ detail: secret, evidence: { log_tail: [`token ${secret}`] } })]);
    expect(JSON.stringify(await readWhole(intake.log))).not.toContain(secret);
  });

  it.each([undefined, 'c', 'ab '.repeat(65), 'ab '.repeat(66)])(
    'names an invalid one by its whole id or not at all (%#)',
    async (id) => {
      const intake = new Intake();
      const body = { v: 1, agent_id: 'memory-agent', command_id: id, phase: 'done' };
      expect(await intake.results.takeIn([buildMessage({ kind: 'result', body })])).toEqual([{ action: 'ack' }]);
      const letter = { reason_code: 'invalid-result', body: JSON.stringify(body) };
      expect(await intake.stored('MessageDeadLettered')).toMatchObject([letter]);
      const named = intake.receipts.flatMap(({ receipt }) => receipt.rejected.map((rejection) => rejection.id));
      expect(named).toEqual(id === undefined || id.length > 195 ? [] : [`${id}:done`]);
    },
  );

  it('gives up a message on a subject that is none of results', async () => {
    const intake = new Intake();
    expect(await intake.results.takeIn([buildMessage({ kind: 'report' })])).toMatchObject([
      { action: 'dead-letter', reasonCode: 'unknown-subject' },
    ]);
  });
});

describe('dead letters', () => {
  it('hold the broken report alone, in a form that can be sent again', async () => {
    const intake = new Intake();
    const broken = { error: { ...buildWireError(), id: idOf(2), severity: 'fatal', data: { password: 'hunter2' } } };
    await intake.reports.takeIn([buildReport([buildItem(1), broken])]);
    const [buried] = await intake.stored('MessageDeadLettered');
    expect(JSON.parse(String(buried?.['body']))).toMatchObject({
      error: { id: idOf(2), severity: 'fatal', data: { password: '[redacted:secret]' } },
    });
    expect(await intake.stored('ErrorReported')).toHaveLength(1);
  });

  it('are kept once, however often the same is sent', async () => {
    const intake = new Intake();
    for (const sequence of [1, 2, 3]) await intake.reports.takeIn([buildReport([{ error: {} }], { sequence })]);
    expect(await intake.stored('MessageDeadLettered')).toHaveLength(1);
  });

  const letter = {
    key: 'k1',
    subject: 'some.where',
    deliveries: 3,
    reasonCode: 'not-json',
    reason: 'it is not',
    data: new TextEncoder().encode('{"password":"hunter2-hunter2"'),
  };

  it('are kept once, redacted, with hash and size of the original', async () => {
    const intake = new Intake();
    await intake.deadLetters.bury(letter);
    await intake.deadLetters.bury(letter);
    const buried = await intake.stored('MessageDeadLettered');
    expect(buried).toMatchObject([
      { subject: 'some.where', deliveries: 3, reason_code: 'not-json', original_bytes: letter.data.length },
    ]);
    expect(buried[0]?.['original_sha256']).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(buried)).not.toContain('hunter2');
  });

  it('are cut where a text is too long, and readable where it is none', async () => {
    const intake = new Intake();
    await intake.deadLetters.bury({ ...letter, data: new TextEncoder().encode('x '.repeat(100_000)) });
    await intake.deadLetters.bury({ ...letter, data: new Uint8Array([0, 0xff, 0x41]) });
    const [long, binary] = await intake.stored('MessageDeadLettered');
    expect(String(long?.['body'])).toHaveLength(16_384);
    expect(long?.['original_bytes']).toBe(200_000);
    expect(binary?.['body']).toBe('\ufffd\ufffdA');
    expect(await intake.countReplaced()).toBe(1); // the other one is that of the decoder
  });

  it('hold no secret in their reason either', async () => {
    const intake = new Intake();
    const secret = 'sk-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH';
    await intake.deadLetters.bury({ ...letter, reason: `must NOT have additional properties (${secret})` });
    expect(JSON.stringify(await intake.stored('MessageDeadLettered'))).not.toContain(secret);
  });
});
