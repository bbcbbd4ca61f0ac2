import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { HEADERS, signingBytes } from '#libs/contracts';
import { validateCommand } from '#libs/contracts/schemas';
import { buildCommandedFix } from '../../../test/builders/fix-builder.ts';
import { recorded } from '../../../test/builders/log-builder.ts';
import { toCommandMessage } from './command-message.ts';
import type { FixCommanded } from '../saga/fix.events.ts';
import type { SigningKey } from '../signing/signing-keys.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const key: SigningKey = {
  keyId: 'key-1',
  sign: (subject, body) => sign(null, signingBytes(Buffer.from(subject), body), privateKey).toString('base64url'),
};
const from = { tenant: 'test', logId: '01900000-0000-7000-8000-0000000000aa', key };

function buildCommanded(): FixCommanded {
  const commanded = buildCommandedFix().events.find((event): event is FixCommanded => event.type === 'FixCommanded');
  if (commanded === undefined) throw new Error('nothing commanded');
  return commanded;
}
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('the message of a command', () => {
  const event = recorded(buildCommanded(), { position: 1234 });
  const message = toCommandMessage(event, from);

  it('has the same bytes whenever it is made', () => {
    expect(toCommandMessage(event, from)).toEqual(message);
    expect(message.messageId).toBe(event.id);
  });

  it('carries its place in the log as its fence', () => {
    expect(validateCommand(JSON.parse(text(message.body)))).toMatchObject({
      valid: true,
      value: { fence: { log_id: from.logId, position: '1234' }, target: { service_id: 'memory' }, strategy: 'restart/service' },
    });
  });

  it('is signed over the subject and the exact bytes', () => {
    const signature = Buffer.from(message.headers?.[HEADERS.signature] ?? '', 'base64url');
    const isValid = (subject: string, body: Uint8Array): boolean =>
      verify(null, signingBytes(Buffer.from(subject), body), createPublicKey(privateKey), signature);
    expect(message.headers?.[HEADERS.keyId]).toBe('key-1');
    expect(isValid(message.subject, message.body)).toBe(true);
    expect(isValid(message.subject.replace('memory-agent', 'rag-agent'), message.body)).toBe(false);
    expect(isValid(message.subject, Buffer.from(text(message.body).replace('memory', 'memorx')))).toBe(false);
  });
});
