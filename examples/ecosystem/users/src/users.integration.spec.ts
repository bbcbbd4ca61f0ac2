import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { z } from 'zod';
import { waitUntil } from '#libs/testing';
import { ExampleProgram } from '../../../../test/launcher/example-program.ts';
import { type Answer, createJsonHandler, readBody } from '../../runtime/src/json-handler.ts';

const CountSchema = z.object({ sent: z.int(), answered: z.int(), lost: z.int() });
const StatsSchema = z.object({
  since: z.iso.datetime(),
  total: CountSchema,
  kinds: z.object({ question: CountSchema, entry: CountSchema }),
  last_loss: z.object({ at: z.iso.datetime(), kind: z.string(), why: z.string() }).nullable(),
});

/** In the gateway's place: what it answers can be spoiled. */
const behaviour = { document: 'guards', isSilent: false, forgets: false };
const entries = new Map<string, string>();

async function route(request: IncomingMessage): Promise<Answer> {
  const url = request.url ?? '';
  if (behaviour.isSilent) await new Promise(() => undefined);
  if (url.startsWith('/rag/ask?question=Which%20guards')) {
    return { status: 200, body: { answers: [{ document: behaviour.document }] } };
  }
  if (request.method === 'PUT') entries.set(url, behaviour.forgets ? 'other' : ((await readBody(request)) ?? ''));
  if (request.method === 'DELETE') entries.delete(url);
  return { status: 200, body: { value: entries.get(url) ?? '' } };
}

let gateway: Server;
let users: ExampleProgram;

const readStats = async () => StatsSchema.parse(await (await fetch(`${users.url}/stats`)).json());
type Kind = 'question' | 'entry';

/** Waits until so many more of the kind were answered, or lost. */
async function untilMore(kind: Kind, what: 'answered' | 'lost', count = 2): Promise<void> {
  const before = (await readStats()).kinds[kind][what];
  await waitUntil(async () => (await readStats()).kinds[kind][what] >= before + count);
}

beforeAll(async () => {
  const fine = async (): Promise<Answer> => ({ status: 200 });
  const traffic = { isDraining: false };
  gateway = createServer(createJsonHandler({ traffic, check: fine, route, failure: { status: 500 } }));
  await new Promise<void>((listening) => gateway.listen(0, '127.0.0.1', listening));
  const address = gateway.address();
  users = await ExampleProgram.start('users', {
    gateway_url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    interval_ms: 40,
    timeout_ms: 2_000, // a busy machine answers late, and is not silent
    questions: [{ question: 'Which guards?', document: 'guards' }],
  });
  await users.untilUp();
});
afterAll(async () => {
  await users.end();
  gateway.close();
  gateway.closeAllConnections();
});

describe('the synthetic users', () => {
  it('ask and write in turns, lose nothing while all is well, and leave nothing behind', async () => {
    await untilMore('question', 'answered', 5);
    await untilMore('entry', 'answered', 5);
    const { total, kinds, last_loss: lastLoss } = await readStats();
    expect(total.lost).toBe(0);
    expect(lastLoss).toBeNull();
    expect(total.sent).toBe(kinds.question.sent + kinds.entry.sent);
    expect(Math.abs(kinds.question.sent - kinds.entry.sent)).toBeLessThanOrEqual(1);
    await waitUntil(() => entries.size <= 1);
  });

  it('count an answer from the wrong document as lost', async () => {
    const { lost } = (await readStats()).kinds.entry;
    behaviour.document = 'wounds';
    await untilMore('question', 'lost');
    expect((await readStats()).kinds.entry.lost).toBe(lost);
    behaviour.document = 'guards';
    await untilMore('question', 'answered');
  });

  it('count an entry that comes back changed as lost', async () => {
    behaviour.forgets = true;
    await untilMore('entry', 'lost');
    expect((await readStats()).last_loss).toMatchObject({ why: 'an entry came back other than it was written' });
    behaviour.forgets = false;
    await untilMore('entry', 'answered');
  });

  it('count what is not answered in time as lost, and go on asking meanwhile', async () => {
    behaviour.isSilent = true;
    await untilMore('question', 'lost', 5);
    behaviour.isSilent = false;
    await untilMore('question', 'answered');
  });

  it('count what nobody answers as lost', async () => {
    gateway.close();
    gateway.closeAllConnections();
    await untilMore('entry', 'lost');
    const { total } = await readStats();
    expect(total.answered + total.lost).toBeLessThanOrEqual(total.sent);
  });
});
