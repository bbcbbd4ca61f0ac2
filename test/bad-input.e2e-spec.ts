import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_MESSAGE_BYTES } from '#libs/contracts';
import { startServiceAgent } from '#libs/service-agent';
import { Random, waitUntil } from '#libs/testing';
import { loadCorpora } from '../bench/fuzz/corpora.ts';
import { MessageSender } from '../bench/fuzz/message-sender.ts';
import { AGENT, BadInputSystem } from './bad-input/bad-input-system.ts';
import {
  changeEachPlace,
  embed,
  everyTextInEachMember,
  everyTextInEachPlaceOfAReport,
  good,
  goodReport,
  KINDS,
  wrap,
  write,
} from './bad-input/odd-messages.ts';

const corpora = loadCorpora();
const WRONG = [null, true, 0, -1, 1.5, 1e308, '', 'x', [], {}, [[]], [null], { a: 1 }];
const LANGUAGE = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__'];
/** Nobody healed, nobody lost: what was sent is there, or it was refused. */
const ALL_FOUND = { unaccounted: 0, refused: 0, repeated: 0 };

describe(`bad input (corpora: ${corpora.origin})`, () => {
  let system: BadInputSystem;
  let pid: number;

  beforeAll(async () => {
    system = await BadInputSystem.start();
    pid = system.orchestrator.pid;
  }, 120_000);
  afterAll(() => system.stop(), 60_000);
  afterEach(() => {
    expect({ pid: system.orchestrator.pid, hasEnded: system.orchestrator.hasEnded }).toEqual({ pid, hasEnded: false });
  });

  it('takes in what is good', async () => {
    expect(await system.take(KINDS.map((kind) => write(kind, good(kind))))).toMatchObject({ ...ALL_FOUND, sent: 4, accepted: 4 });
  });

  it('buries or takes in every file of the corpus of JSON, as a body and as a value', async () => {
    const bodies = corpora.json.flatMap(({ bytes }) => KINDS.map((kind) => wrap(kind, bytes)));
    const values = corpora.json.flatMap((file) => [...embed(file)]);
    const tally = await system.take([...bodies, ...values]);
    expect(tally).toMatchObject({ ...ALL_FOUND, sent: corpora.json.length * 7 });
    expect(tally.accepted).toBeGreaterThan(0);
    expect(tally.deadLettered).toBeGreaterThan(0);
  }, 120_000);

  it('buries or takes in every odd text in every field of a report', async () => {
    const texts = corpora.strings;
    expect(await system.take(everyTextInEachPlaceOfAReport(texts))).toMatchObject(ALL_FOUND);
    const envelope = ['v', 'agent_id', 'release', 'session_id', 'items'];
    const tally = await system.take(everyTextInEachMember('report', envelope, texts));
    expect(tally).toMatchObject({ ...ALL_FOUND, sent: texts.length * envelope.length });
  }, 240_000);

  it('buries or takes in every odd text in every field of a result', async () => {
    const members = ['v', 'agent_id', 'command_id', 'phase', 'reason_code', 'detail', 'duration_ms', 'evidence', 'fix'];
    expect(await system.take(everyTextInEachMember('result', members, corpora.strings))).toMatchObject(ALL_FOUND);
  }, 240_000);

  it.each(KINDS)(
    'buries or takes in every odd text in a field of a %s',
    async (kind) => {
      const messages = corpora.strings.flatMap((text, index) => {
        const places = [...changeEachPlace(kind, (place) => place.set(text))];
        return places[index % places.length] ?? [];
      });
      expect(await system.take(messages)).toMatchObject({ ...ALL_FOUND, sent: corpora.strings.length });
    },
    120_000,
  );

  it.each(KINDS)(
    'buries or takes in a %s with a wrong type, a member too few, a member too many',
    async (kind) => {
      const wrong = WRONG.flatMap((value) => [...changeEachPlace(kind, (place) => place.set(value))]);
      const missing = [...changeEachPlace(kind, (place) => place.remove())];
      const extra = [...changeEachPlace(kind, ({ owner }) => owner !== undefined && (owner['surprise'] = 1))];
      const language = LANGUAGE.flatMap((name) => [
        ...changeEachPlace(kind, ({ owner }) => {
          if (owner !== undefined) Object.defineProperty(owner, name, { value: { polluted: 1 }, enumerable: true });
        }),
      ]);
      const versions = [0, 2, -1, 1e300, '1', null, [1], { v: 1 }].map((v) => write(kind, { ...good(kind), v }));
      const tally = await system.take([...wrong, ...missing, ...extra, ...language, ...versions]);
      expect(tally).toMatchObject(ALL_FOUND);
      expect(tally.deadLettered).toBeGreaterThan(tally.accepted);
    },
    120_000,
  );

  it.each(KINDS)('buries a %s that is no JSON in UTF-8, and one that nests without end', async (kind) => {
    const random = new Random(11);
    const text = JSON.stringify(good(kind));
    const bodies = [
      Buffer.alloc(0),
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.concat([Buffer.from(text.slice(0, 8)), Buffer.from([0xc3, 0x28]), Buffer.from(text.slice(8))]),
      Buffer.from(text, 'utf16le'),
      ...Array.from({ length: 50 }, () => random.bytes(random.below(2_000))),
      ...[101, 1_000, 10_000, 100_000].map((depth) => Buffer.from(`${'['.repeat(depth)}${']'.repeat(depth)}`)),
      ...[101, 1_000, 10_000, 100_000].map((depth) => Buffer.from(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)),
    ];
    const tally = await system.take(bodies.map((body) => wrap(kind, body)));
    expect(tally).toMatchObject({ ...ALL_FOUND, sent: bodies.length, deadLettered: bodies.length });
  });

  it('takes in what nests deep, repeats a member or holds a number that fits, and buries what can not be stored', async () => {
    const inData = (raw: string): string => {
      const text = JSON.stringify(goodReport());
      return text.replace('"data":{', `"data":{"odd":${raw},`);
    };
    const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    const fine = [
      nested(20),
      nested(80),
      '-0',
      '0.1e-99999',
      '123456789012345678901234567890',
      '1e308',
      '{"a":1,"a":2}',
      '"\\u0000"',
    ];
    const odd = [nested(200), nested(5_000), '1e400', '-1e400', `[${'9'.repeat(400)}]`];
    expect(await system.take(fine.map((raw) => wrap('report', inData(raw))))).toMatchObject({
      ...ALL_FOUND,
      accepted: fine.length,
    });
    expect(await system.take(odd.map((raw) => wrap('report', inData(raw))))).toMatchObject({
      ...ALL_FOUND,
      deadLettered: odd.length,
    });
  });

  it('takes in good reports whatever their headers say, and buries those whose headers can not be read', async () => {
    const ages = ['', '0', '-1', 'NaN', 'Infinity', '1e400', '9'.repeat(500), '5 ms', ...corpora.strings];
    const plain = ages.map((text) => text.replaceAll(/[\r\n\0]/g, ' '));
    const odd = plain.flatMap((text) => [
      { ...write('report', goodReport()), headers: [['Age-Ms', text] as const, ['Attempt', text] as const] },
      { ...write('report', goodReport()), headers: [['traceparent', text] as const, ['Zt-Signature', text] as const] },
    ]);
    expect(await system.take(odd)).toMatchObject({ ...ALL_FOUND, accepted: odd.length });
    const none = [{ ...write('report', goodReport()), headers: [] }];
    expect(await system.take(none)).toMatchObject({ ...ALL_FOUND, accepted: 1 });
    const names = ['bad name', 'näme', '\u0001', 'a(b'].map((name) => ({
      ...write('report', goodReport()),
      headers: [[name, '1'] as const],
    }));
    const tally = await system.take(names);
    expect(tally).toMatchObject(ALL_FOUND);
    expect((await system.reasons()).byCode['unreadable-headers']).toBe(tally.deadLettered);
    expect(tally.deadLettered).toBeGreaterThan(0);
  }, 120_000);

  it('holds what PostgreSQL can not, from the program around an agent of ours, as the character that stands for it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'zantara-odd-agent-'));
    const service = { command: process.execPath, start_on_boot: false };
    const agent = await startServiceAgent(
      {
        tenant: AGENT.tenant,
        agent_id: AGENT.agentId,
        nats_url: system.nats.url,
        nkey_seed_file: system.nats.seedFile(AGENT.agentId),
        orchestrator_keys_file: system.keysFile,
        state_dir: dir,
        services: [{ id: 'odd', process: service, health: { url: 'http://127.0.0.1:1/' } }],
      },
      { log: () => undefined },
    );
    try {
      const data = { 'na\0me': 'a\0b', half: 'x\ud800', pair: '\u{1f600}', list: ['\udc00\0'] };
      const id = await agent.report({ source: 'backend-odd', type: 'js-error', severity: 'low', data, context: { '\0': 1 } });
      const find = async (): Promise<string | undefined> =>
        (await system.stored('ErrorReported', 10)).find(({ payload }) => payload.includes(id))?.payload;
      await waitUntil(async () => (await find()) !== undefined);
      expect(JSON.parse((await find()) ?? '{}')).toMatchObject({
        error: {
          data: { 'na\ufffdme': 'a\ufffdb', half: 'x\ufffd', pair: '\u{1f600}', list: ['\ufffd\ufffd'] },
          context: { '\ufffd': 1 },
        },
      });
    } finally {
      await agent.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  }, 60_000);

  it('drops a second message under a known id, and the sender is told', async () => {
    const id = [['Nats-Msg-Id', 'the same']] as const;
    const tally = await system.take([1, 2].map(() => ({ ...write('report', goodReport()), headers: id })));
    expect(tally).toMatchObject({ sent: 2, accepted: 1, repeated: 1, unaccounted: 0 });
  });

  it('takes what is just small enough, and what is too large is refused by the server', async () => {
    const sized = (bytes: number): ReturnType<typeof wrap> => {
      const message = { ...write('report', goodReport()), headers: [] };
      const head = Buffer.byteLength('NATS/1.0\r\n\r\n');
      const text = message.body.toString();
      const fill = bytes - head - message.body.length - '"fill":"",'.length;
      return { ...message, body: Buffer.from(text.replace('"data":{', `"data":{"fill":"${'x'.repeat(fill)}",`)) };
    };
    expect(await system.take([sized(MAX_MESSAGE_BYTES)])).toMatchObject({ ...ALL_FOUND, accepted: 1 });
    // The server ends the connection of who sends more; so this one has a connection of its own.
    const other = await MessageSender.open(system.nats, AGENT);
    const answer = await other.send(sized(MAX_MESSAGE_BYTES + 1));
    other.close();
    expect(answer).toEqual({ stored: false, reason: expect.stringMatching(/maximum payload/i) });
  });

  it('says of every dead letter why, blames none on itself, and has been there all the time', async () => {
    const { byCode, unreadable } = await system.reasons();
    expect(unreadable).toBe(0);
    expect(byCode['handler-crashed']).toBeUndefined();
    expect(Object.keys(byCode)).toEqual(
      expect.arrayContaining(['not-json', 'invalid-report', 'invalid-envelope', 'json-too-deep']),
    );
    expect(system.vitals.failures).toBe(0);
    expect(system.orchestrator.output).not.toMatch(/uncaught|unhandled|out of memory|handler failed/i);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
