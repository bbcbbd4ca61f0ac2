import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandJournal, type OutboxItem } from '#libs/agent-core';
import { waitUntil } from '#libs/testing';
import { StateDirectoryInUseError } from '../service-agent.errors.ts';
import { JournalFile } from './journal-file.ts';
import { OrchestratorKeys } from './orchestrator-keys.ts';
import { OutboxFile } from './outbox-file.ts';
import { lockStateDirectory } from './state-lock.ts';
import { SystemClock } from './system-clock.ts';

const item = (id: string, text = ''): OutboxItem => ({
  id,
  kind: 'report',
  severity: 'high',
  body: { error: { id, text } },
  observed: { epoch: 'e', ms: 1 },
});

describe('what the agent keeps on the disk', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'zantara-state-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('brings the outbox back without what was receipted', async () => {
    const path = join(dir, 'outbox.log');
    const outbox = await OutboxFile.open(path);
    await outbox.add([item('a'), item('b')]);
    await outbox.remove(['a']);
    await outbox.close();
    const again = await OutboxFile.open(path);
    expect(await again.load()).toEqual([item('b')]);
    await again.close();
  });

  it('makes the outbox small again', async () => {
    const path = join(dir, 'outbox.log');
    const outbox = await OutboxFile.open(path);
    for (let n = 0; n < 60; n++) {
      await outbox.add([item(`${n}`, 'x'.repeat(40_000))]);
      await outbox.remove([`${n}`]);
    }
    await outbox.add([item('last')]);
    await outbox.close();
    const again = await OutboxFile.open(path);
    expect(await again.load()).toEqual([item('last')]);
    await again.close();
  });

  it('brings the journal back with its fences', async () => {
    const path = join(dir, 'journal.log');
    const clock = new SystemClock();
    const request = { commandId: 'c1', serviceId: 'memory', strategy: 'restart/service', fence: { log_id: 'l', position: 7 } };
    const file = await JournalFile.open(path);
    await (await CommandJournal.open(file, clock)).start(request);
    await file.close();
    const again = await JournalFile.open(path);
    const journal = await CommandJournal.open(again, clock);
    expect(journal.unfinished()).toMatchObject([{ commandId: 'c1' }]);
    expect(journal.findFence('memory')).toEqual({ log_id: 'l', position: 7 });
    expect(journal.countStarts('memory', 60_000)).toBe(1);
    await again.close();
  });

  it('keeps a second agent away, and takes over from a dead one', () => {
    const lock = lockStateDirectory(dir);
    expect(() => lockStateDirectory(dir)).toThrow(StateDirectoryInUseError);
    lock.release();
    // A pid of long ago that somebody else has now.
    writeFileSync(join(dir, 'agent.lock'), `${process.ppid} 1`);
    lockStateDirectory(dir).release();
    // Of an agent that was killed before its lock was written.
    writeFileSync(join(dir, 'agent.lock'), '');
    lockStateDirectory(dir).release();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('reads the keys of the orchestrator when they come, when another comes, and when one is revoked', async () => {
    const path = join(dir, 'keys.json');
    const keys = new OrchestratorKeys(path);
    const bytes = Buffer.from('a command');
    const pairs = ['k1', 'k2'].map((keyId) => ({ keyId, ...generateKeyPairSync('ed25519') }));
    const publish = (count: number, revoked = 'k2'): void => {
      const entries = pairs.slice(0, count).map(({ keyId, publicKey }) => ({
        key_id: keyId,
        public_key: publicKey.export({ format: 'jwk' }).x,
        ...(keyId === revoked ? { revoked: true } : {}),
      }));
      writeFileSync(path, JSON.stringify({ keys: entries }));
    };
    const check = (keyId: string, by = keyId) => {
      const pair = pairs.find((known) => known.keyId === by) ?? generateKeyPairSync('ed25519');
      return keys.verify({ keyId, bytes, signature: sign(null, bytes, pair.privateKey).toString('base64url') });
    };
    expect(await check('k1')).toBe('unknown-key');
    writeFileSync(path, '{"keys": [{"key_');
    publish(1);
    await waitUntil(async () => (await check('k1')) === 'valid');
    expect(await check('k1', 'k2')).toBe('invalid');
    publish(2);
    await waitUntil(async () => (await check('k2')) === 'valid');
    expect(keys.isRevoked('k2')).toBe(true);
    expect(await keys.verify({ keyId: 'k1', bytes, signature: 'short' })).toBe('invalid');
    // A key that is known, and of which nothing was to be looked up any more.
    expect(keys.isRevoked('k1')).toBe(false);
    publish(2, 'k1');
    await waitUntil(async () => (await check('k1')) === 'valid' && keys.isRevoked('k1'));
    expect(keys.isRevoked('k2')).toBe(false);
  });
});
