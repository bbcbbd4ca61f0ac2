import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { retireKeys } from './signing-key-changes.ts';
import { SigningKeyFiles } from './signing-key-files.ts';
import { announceKey } from './signing-key-ring.ts';
import { loadSigningKey } from './signing-keys.ts';
import { runSigningKeysCommand } from './signing-keys.command.ts';

let dir: string;
let said: string[];
let files: SigningKeyFiles;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-key-command-'));
  files = new SigningKeyFiles(dir);
  said = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const say = (line: string): void => void said.push(line);
const run = (...args: string[]): number => runSigningKeysCommand([...args, '--directory', dir], { out: say, err: say });
const list = (): string[] => {
  said = [];
  expect(run('list')).toBe(0);
  return said;
};
const activeId = (): string => files.read('active').published.key_id;
const contents = (): string[] => readdirSync(dir).map((name) => `${name} ${readFileSync(join(dir, name), 'utf8')}`);

describe('the command for the signing keys', () => {
  it('rotates: the new key signs, the earlier one stays published for the overlap, and no private half is left of it', () => {
    const before = loadSigningKey(dir).keyId;
    expect(run('rotate', '--overlap', '2h')).toBe(0);
    const after = activeId();
    expect(after).not.toBe(before);
    expect(loadSigningKey(dir).keyId).toBe(after);
    expect(list()).toEqual([expect.stringMatching(`^${before}  published until `), `${after}  signs`]);
    expect(readdirSync(dir).toSorted()).toEqual(['command-signing.pem', 'command-signing.public.json']);
    expect(statSync(files.pathOf('active')).mode & 0o777).toBe(0o600);
  });

  it('prepares a key, which signs after the rotation', () => {
    const before = loadSigningKey(dir).keyId;
    expect(run('prepare')).toBe(0);
    const prepared = files.read('next').published.key_id;
    expect(list()).toEqual([`${before}  signs`, `${prepared}  prepared`]);
    expect(loadSigningKey(dir).keyId).toBe(before);
    expect(run('rotate')).toBe(0);
    expect(activeId()).toBe(prepared);
  });

  it('goes on with a rotation that was killed between its two writes', () => {
    const before = loadSigningKey(dir).keyId;
    files.ensure('next');
    const { published } = files.read('next');
    files.writeRing(announceKey(files.readRing(), published));
    expect(loadSigningKey(dir).keyId).toBe(before);
    expect(run('rotate')).toBe(0);
    expect(activeId()).toBe(published.key_id);
    expect(files.readRing()).toHaveLength(2);
  });

  it('takes a key out when its overlap is over, and not before', () => {
    const before = loadSigningKey(dir).keyId;
    run('rotate', '--overlap', '10m');
    const names = (nowMs: number): string[] => retireKeys(files, activeId(), nowMs).map(({ key_id: id }) => id);
    expect(names(Date.now())).toEqual([before, activeId()]);
    expect(names(Date.now() + 600_001)).toEqual([activeId()]);
  });

  it('revokes a key that no longer signs, and one that was prepared', () => {
    const before = loadSigningKey(dir).keyId;
    expect(run('revoke', before)).toBe(1);
    expect(said.join()).toContain('Rotate first');
    run('rotate');
    run('prepare');
    const prepared = files.read('next').published.key_id;
    expect([run('revoke', before), run('revoke', prepared), run('revoke', 'nobody')]).toEqual([0, 0, 1]);
    expect(list()).toEqual([`${before}  revoked`, `${activeId()}  signs`, `${prepared}  revoked`]);
    run('rotate');
    expect(activeId()).not.toBe(prepared);
  });

  it('changes nothing in a dry run', () => {
    const before = loadSigningKey(dir).keyId;
    run('rotate');
    const untouched = contents();
    for (const words of [['rotate'], ['prepare'], ['revoke', before]]) expect(run(...words, '--dry-run')).toBe(0);
    expect(run('revoke', activeId(), '--dry-run')).toBe(1);
    expect(said.slice(-5).join('\n')).toContain('would');
    expect(contents()).toEqual(untouched);
  });

  it('says that there is no key before the first start, and makes none', () => {
    expect([run('list'), run('rotate'), run('prepare'), run('revoke', 'nobody')]).toEqual([0, 1, 1, 1]);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('keeps away from another one at work, and not from one that has died', () => {
    loadSigningKey(dir);
    const lock = join(dir, 'command-signing.lock');
    writeFileSync(lock, '');
    expect(run('rotate')).toBe(1);
    expect(said.join()).toContain('are being changed');
    const longAgo = new Date(Date.now() - 11_000);
    utimesSync(lock, longAgo, longAgo);
    expect(run('rotate')).toBe(0);
  });

  it('tells how it is used', () => {
    expect(run('--help')).toBe(0);
    expect(said.join()).toContain('revoke KEY_ID');
  });

  it.each([
    [['explode'], 'there is no explode'],
    [['revoke'], 'which key'],
    [['rotate', 'now'], 'too many words'],
    [['rotate', '--overlap', '1m'], 'at least 10m'],
    [['rotate', '--overlap', 'long'], 'at least 10m'],
    [['rotate', '--force'], 'Unknown option'],
  ])('knows no %j', (words, told) => {
    expect(run(...words)).toBe(2);
    expect(said.join()).toContain(told);
  });
});
