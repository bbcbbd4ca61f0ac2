import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Configuration } from './configuration.ts';
import { ConfigurationError } from './configuration.errors.ts';

const NEEDED = { DATABASE_URL: 'postgresql://db/zantara', NATS_URL: 'nats://127.0.0.1:4222', KEY_DIR: 'keys' };
const SECRETS = [Buffer.alloc(24, 1), Buffer.alloc(32, 2)];
const lineOf = (secret: Buffer): string => `whsec_${secret.toString('base64')}`;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-outgoing-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function fileWith(text: string): string {
  const path = join(dir, 'secrets');
  writeFileSync(path, text);
  return path;
}

function problemsOf(settings: Record<string, string>): readonly string[] {
  try {
    Configuration.from({ ...NEEDED, ...settings });
    return [];
  } catch (error) {
    return error instanceof ConfigurationError ? error.problems : [String(error)];
  }
}

const URL_AND_HOST = { ESCALATION_WEBHOOK_URL: 'https://hooks.example.org/a', OUTGOING_ALLOWED_HOSTS: 'hooks.example.org' };

describe('the webhook in the configuration', () => {
  it('is not needed', () => {
    expect(Configuration.from(NEEDED)).toMatchObject({ outgoingAllowedHosts: [], webhook: undefined });
  });

  it('has an address on the list, and secrets of which the first counts', () => {
    const ESCALATION_WEBHOOK_SECRET_FILE = fileWith(`\n${SECRETS.map(lineOf).join('\r\n')}\n`);
    const { webhook } = Configuration.from({ ...NEEDED, ...URL_AND_HOST, ESCALATION_WEBHOOK_SECRET_FILE });
    expect(webhook).toEqual({ url: new URL('https://hooks.example.org/a'), secrets: SECRETS });
  });

  it('keeps the orchestrator from starting when its host is not on the list, or the secrets are missing', () => {
    const ESCALATION_WEBHOOK_SECRET_FILE = fileWith(lineOf(Buffer.alloc(24)));
    expect(problemsOf({ ...URL_AND_HOST, OUTGOING_ALLOWED_HOSTS: 'a.org', ESCALATION_WEBHOOK_SECRET_FILE })).toEqual([
      'ESCALATION_WEBHOOK_URL: hooks.example.org must be listed in OUTGOING_ALLOWED_HOSTS',
    ]);
    expect(problemsOf(URL_AND_HOST)).toEqual(['ESCALATION_WEBHOOK_SECRET_FILE: is needed where ESCALATION_WEBHOOK_URL is set']);
  });

  it.each(['', 'c2VjcmV0', 'whsec_c2hvcnQ=', `whsec_${'A'.repeat(200)}`, `${lineOf(Buffer.alloc(24))}\nwhsec_!`])(
    'does not take %j for secrets, and does not repeat it',
    (text) => {
      const [problem = '', ...others] = problemsOf({ ...URL_AND_HOST, ESCALATION_WEBHOOK_SECRET_FILE: fileWith(text) });
      expect(others).toEqual([]);
      expect(problem).toBe(
        'ESCALATION_WEBHOOK_SECRET_FILE: must hold lines of whsec_ and base64 of 24 to 64 bytes, the one that counts first',
      );
    },
  );

  it('names what is no address, no list and no file', () => {
    const problems = problemsOf({
      ESCALATION_WEBHOOK_URL: 'ftp://hooks.example.org',
      OUTGOING_ALLOWED_HOSTS: 'https://hooks.example.org',
      ESCALATION_WEBHOOK_SECRET_FILE: '/nowhere/secrets',
    });
    expect(new Set(problems.map((problem) => problem.split(':')[0]))).toEqual(
      new Set(['ESCALATION_WEBHOOK_SECRET_FILE', 'ESCALATION_WEBHOOK_URL', 'OUTGOING_ALLOWED_HOSTS']),
    );
    expect(problems).toHaveLength(3);
  });
});
