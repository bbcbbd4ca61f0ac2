import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createPublicKey, verify } from 'node:crypto';
import { dirname, join } from 'node:path/posix';
import { parse } from 'yaml';
import { signingBytes } from '#libs/contracts';
import {
  validateCommand,
  validateControlState,
  validateHeartbeat,
  validateMetric,
  validateReceipt,
  validateReportEnvelope,
  validateResult,
  LogEventSchema,
  PUBLISHED_MESSAGES,
  WIRE_MESSAGES,
} from '#libs/contracts/schemas';
import { listFiles, readText } from '../repository/repository-files.ts';

const REFERENCE = 'docs/reference';

const VALIDATORS = {
  report: validateReportEnvelope,
  result: validateResult,
  heartbeat: validateHeartbeat,
  metric: validateMetric,
  command: validateCommand,
  control: validateControlState,
  receipt: validateReceipt,
};

interface Document {
  [name: string]: unknown;
}

const readDocument = (name: string): Document => parse(readText(`${REFERENCE}/${name}`)) as Document;

function listReferences(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === '$ref' && typeof member === 'string' ? [member] : listReferences(member),
  );
}

const follow = (document: Document, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? (at as Document)[key] : undefined), document);

/** What an agent author works from. */
function compilePublished(name: string): { isValid: (input: unknown) => boolean } {
  const ajv = new Ajv2020({ strict: true, strictTypes: false });
  addFormats.default(ajv);
  const check = ajv.compile(readDocument(`schemas/${name}.schema.json`));
  return { isValid: (input) => check(input) };
}

describe('the published documents', () => {
  it.each(WIRE_MESSAGES)('the schema of $name accepts its example, as the orchestrator does', ({ name, example }) => {
    expect(compilePublished(name).isValid(example)).toBe(true);
    expect(VALIDATORS[name](example)).toEqual({ valid: true, value: example });
  });

  it.each(WIRE_MESSAGES)('the schema of $name refuses what the orchestrator refuses', ({ name, example }) => {
    const wrong = [{ ...example, v: 2 }, { ...example, surprise: true }, {}, [], null, 'text'];
    const { isValid } = compilePublished(name);
    expect(wrong.filter((message) => isValid(message) || VALIDATORS[name](message).valid)).toEqual([]);
  });

  it('the schema of the feed takes what a later release may add, and its example', () => {
    const feed = PUBLISHED_MESSAGES.find(({ name }) => name === 'feed');
    const { isValid } = compilePublished('feed');
    expect([feed?.example, { ...feed?.example, surprise: true }, { ...feed?.example, position: 42 }].map(isValid)).toEqual([
      true,
      true,
      false,
    ]);
    expect(LogEventSchema.parse(feed?.example)).toEqual(feed?.example);
  });

  it('every reference in the AsyncAPI document leads somewhere', () => {
    const document = readDocument('asyncapi.yaml');
    const files = new Set(listFiles(REFERENCE));
    const broken = listReferences(document).filter((reference) =>
      reference.startsWith('#')
        ? follow(document, reference.slice(1)) === undefined
        : !files.has(join(dirname(`${REFERENCE}/asyncapi.yaml`), reference)),
    );
    expect(broken).toEqual([]);
  });

  it('the AsyncAPI document has a channel, an operation and a message for each message', () => {
    const { channels, operations, components } = readDocument('asyncapi.yaml');
    const names = PUBLISHED_MESSAGES.map(({ name }) => name).sort();
    expect(Object.keys(channels as object).sort()).toEqual(names);
    expect(Object.keys((components as Document)['messages'] as object).sort()).toEqual(names);
    expect(Object.keys(operations as object)).toHaveLength(names.length);
  });

  it('the signed example verifies, and no longer when a byte of it changes', () => {
    const example = readDocument('signing-example.json') as Record<string, string>;
    const { public_key: x = '', subject = '', body = '', signature = '', signing_bytes_base64: bytes = '' } = example;
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const isSigned = (text: string): boolean =>
      verify(null, signingBytes(Buffer.from(subject), Buffer.from(text)), key, Buffer.from(signature, 'base64url'));
    expect(Buffer.from(signingBytes(Buffer.from(subject), Buffer.from(body))).toString('base64')).toBe(bytes);
    expect(validateCommand(JSON.parse(body)).valid).toBe(true);
    expect([isSigned(body), isSigned(`${body} `)]).toEqual([true, false]);
  });
});
