import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { resolve } from 'node:path';
import { waitUntil } from '#libs/testing';
import { ExampleProgram } from '../../../../test/launcher/example-program.ts';

const DOCUMENTS = resolve('examples/ecosystem/rag/documents');
const KNOWN = { question: 'Which guards are asked before a fix runs?', document: 'guards' };
const NOTES = [{ question: 'Who wrote this?', answer: 'Nobody knows.' }];

let memory: Server;
let memoryUrl: string;
let entry: { status: number; value: string };
let service: ExampleProgram;
const started: ExampleProgram[] = [];

const configuration = (over: object = {}) => ({ documents_dir: DOCUMENTS, memory_url: memoryUrl, known: KNOWN, ...over });

async function start(over: object = {}): Promise<ExampleProgram> {
  const program = await ExampleProgram.start('rag', configuration(over));
  started.push(program);
  return program;
}

const ask = async (question: string): Promise<unknown> =>
  (await fetch(`${service.url}/ask?question=${encodeURIComponent(question)}`)).json();

/** Answers as the memory service does. */
const listen = async (): Promise<void> => {
  memory = createServer((request, response) => {
    const isNotes = request.url === '/entries/rag-notes';
    response.writeHead(isNotes ? entry.status : 404).end(JSON.stringify({ key: 'rag-notes', value: entry.value }));
  });
  await new Promise<void>((listening) => memory.listen(0, '127.0.0.1', listening));
  const address = memory.address();
  memoryUrl = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
};

beforeAll(async () => {
  entry = { status: 200, value: JSON.stringify(NOTES) };
  await listen();
  service = await (await start()).untilUp();
});
afterAll(async () => {
  await Promise.all(started.map((program) => program.end()));
  memory.close();
});

describe('the rag service', () => {
  it('answers with the best passages, their documents and scores', async () => {
    expect(await ask('What is a wound?')).toEqual({
      question: 'What is a wound?',
      answers: expect.arrayContaining([
        { document: 'wounds', title: 'The seven wounds', passage: expect.any(String), score: expect.any(Number) },
      ]),
    });
  });

  it('takes a question as JSON too', async () => {
    const body = JSON.stringify({ question: 'What is the kill switch?' });
    const response = await fetch(`${service.url}/ask`, { method: 'POST', body });
    expect(await response.json()).toMatchObject({ answers: [{ document: 'kill-switch' }, {}, {}] });
  });

  it('puts the answer first that is pinned to the question in memory', async () => {
    expect(await ask('who  wrote this')).toMatchObject({ pinned: 'Nobody knows.' });
    expect(await ask('What is a wound?')).not.toHaveProperty('pinned');
  });

  it('refuses what is no question', async () => {
    const statusOf = async (path: string, init: RequestInit = {}) => (await fetch(`${service.url}${path}`, init)).status;
    expect(await statusOf('/ask')).toBe(400);
    expect(await statusOf('/ask', { method: 'POST', body: '{' })).toBe(400);
    expect(await statusOf('/ask', { method: 'POST', body: JSON.stringify({ question: 1 }) })).toBe(400);
    expect(await statusOf('/ask', { method: 'POST', body: 'x'.repeat(70_000) })).toBe(413);
    expect(await statusOf('/ask', { method: 'DELETE' })).toBe(405);
    expect(await statusOf('/elsewhere')).toBe(404);
  });

  it('is not well when the known question leads to another document', async () => {
    const wrong = await start({ known: { ...KNOWN, document: 'wounds' } });
    await waitUntil(async () => (await wrong.health()) === 503);
    const response = await fetch(`${wrong.url}/health`);
    expect(await response.json()).toMatchObject({ status: 'wrong answer', expected: 'wounds', found: 'guards' });
  });

  it.each([
    ['there are none', { status: 404, value: '' }],
    ['they are spoiled', { status: 200, value: '{"no": "list"}' }],
  ])('starts without notes when %s', async (_what, given) => {
    entry = given;
    await (await start()).untilUp();
  });

  it('ends and says why when memory does not answer at its start', async () => {
    entry = { status: 503, value: '' };
    const refused = await start();
    expect(await refused.untilEnded()).toBe(1);
    expect(refused.output).toContain(`the memory service at ${memoryUrl} answered 503`);
    const alone = await start({ memory_url: 'http://127.0.0.1:1' });
    expect(await alone.untilEnded()).toBe(1);
    expect(alone.output).toContain('the memory service at http://127.0.0.1:1 does not answer');
  });

  it('goes on answering while memory is away', async () => {
    await new Promise((closed) => {
      memory.close(closed);
      memory.closeAllConnections();
    });
    expect(await service.health()).toBe(200);
    expect(await ask('What is a wound?')).toMatchObject({ question: 'What is a wound?' });
    await listen();
  });

  it('drains, then ends in order', async () => {
    expect((await fetch(`${service.url}/drain`, { method: 'POST' })).status).toBe(202);
    expect(await service.health()).toBe(503);
    service.send('SIGTERM');
    expect(await service.untilEnded()).toBe(0);
  });
});
