import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { waitUntil } from '#libs/testing';
import { buildErrorReported } from '../../../test/builders/incident-builder.ts';
import { createKey } from '../../../test/builders/key-ring.ts';
import { readWhole, store } from '../../../test/builders/log-builder.ts';
import { RunningOrchestrator } from '../../../test/builders/running-orchestrator.ts';
import { runCli } from './run-cli.ts';

const AGENT = 'memory-agent';
const SERVICE = { id: 'memory', probe_url: 'http://127.0.0.1:1/', owner_agent: AGENT, single_replica: true, autonomy: 'ask' };
const WHY = ['--reason', 'a test'];

let dir: string;
let orchestrator: RunningOrchestrator;
let keys: Record<'sre' | 'analyst' | 'admin', string>;
let out: string[];
let notes: string[];

const terminal = {
  isColoured: false,
  nowMs: () => Date.now(),
  out: (line: string) => void out.push(line),
  note: (line: string) => void notes.push(line),
};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-cli-'));
  writeFileSync(join(dir, 'catalogue.yaml'), stringify({ agents: [{ id: AGENT, class: 'service' }], services: [SERVICE] }));
  orchestrator = await RunningOrchestrator.start({ CATALOGUE_FILE: join(dir, 'catalogue.yaml') });
  keys = {
    sre: await createKey(orchestrator, { owner: 'ada', role: 'sre' }),
    analyst: await createKey(orchestrator, { owner: 'ann', role: 'analyst' }),
    admin: orchestrator.adminKey,
  };
}, 60_000);
beforeEach(() => {
  [out, notes] = [[], []];
});
afterAll(async () => {
  await orchestrator.stop();
  rmSync(dir, { recursive: true, force: true });
});

function run(who: keyof typeof keys, ...args: string[]): Promise<number> {
  [out, notes] = [[], []];
  return runCli([...args, '--url', orchestrator.url, '--api-key', keys[who]], terminal);
}
const asJson = <T>(): T => JSON.parse(out.join('\n')) as T;

async function storedOf(...types: string[]): Promise<string[]> {
  const events = await readWhole(orchestrator.log);
  return events.filter(({ type }) => types.includes(type)).map(({ type, metadata }) => `${type} ${metadata.actor}`);
}

describe('zantara stop and resume', () => {
  it('stop everything or a part, once it is meant, and let it go on', async () => {
    expect(await run('sre', 'stop', ...WHY, '--dry-run')).toBe(0);
    expect([out, notes]).toEqual([[], ['stopped would be: global; nothing was stored']]);
    expect(await storedOf('HealingStopped')).toEqual([]);
    expect(await run('sre', 'stop', '--service', 'memory', ...WHY)).toBe(0);
    expect(await run('sre', 'stop', ...WHY, '-o', 'json')).toBe(0);
    expect(asJson()).toMatchObject({ stopped: ['global', 'service:memory'], stored: true, dry_run: false });
    expect(await run('sre', 'resume', ...WHY)).toBe(0);
    expect(await run('sre', 'resume', '--service', 'memory', ...WHY)).toBe(0);
    expect(notes).toEqual(['stopped: nothing']);
    expect(await storedOf('HealingStopped', 'HealingResumed')).toEqual([
      'HealingStopped person:ada',
      'HealingStopped person:ada',
      'HealingResumed person:ada',
      'HealingResumed person:ada',
    ]);
  });

  it('end with 6 where nothing is stopped, 4 for who may not, 2 for two scopes or no reason', async () => {
    expect(await run('sre', 'resume', ...WHY)).toBe(6);
    expect(await run('analyst', 'stop', ...WHY)).toBe(4);
    expect(await run('sre', 'stop', '--service', 'memory', '--strategy', 'restart/service', ...WHY)).toBe(2);
    expect(await run('sre', 'stop')).toBe(2);
    expect(await storedOf('HealingStopped')).toHaveLength(2);
  });
});

describe('zantara freeze and policy', () => {
  it('begin a freeze and end it by its id', async () => {
    expect(await run('sre', 'freeze', ...WHY, '--dry-run')).toBe(0);
    expect(await storedOf('FreezeBegun')).toEqual([]);
    expect(await run('sre', 'freeze', '--service', 'memory', '--until', '2099-01-01T00:00:00Z', ...WHY, '-o', 'json')).toBe(0);
    const { freeze_id: freezeId } = asJson<{ freeze_id: string }>();
    expect(await run('analyst', 'unfreeze', freezeId, ...WHY)).toBe(4);
    expect(await run('sre', 'unfreeze', freezeId, ...WHY)).toBe(0);
    expect(await run('sre', 'unfreeze', freezeId, ...WHY)).toBe(3);
    expect(await storedOf('FreezeBegun', 'FreezeEnded')).toEqual(['FreezeBegun person:ada', 'FreezeEnded person:ada']);
  });

  it('set what the guards go by, which takes an admin, and show it', async () => {
    const set = ['policy', 'set', 'max_actions_per_hour=3', 'autonomy=ask', '--service', 'memory', ...WHY];
    expect(await run('sre', ...set)).toBe(4);
    expect(await run('admin', ...set, '--dry-run')).toBe(0);
    expect(await storedOf('PolicyChanged')).toEqual([]);
    expect(await run('admin', ...set)).toBe(0);
    expect(await run('analyst', 'policy', 'show', '-o', 'csv')).toBe(0);
    expect(out.join('\n')).toMatch(/^service:memory,max_actions_per_hour,3,/m);
    expect(await run('admin', 'policy', 'set', 'max_actions_per_hour=often', ...WHY)).not.toBe(0);
    expect(await storedOf('PolicyChanged')).toEqual(['PolicyChanged person:admin']);
  });
});

describe('zantara approve', () => {
  it('allows what was seen, once it is meant, and nothing else', async () => {
    await store(orchestrator.log, `report-${AGENT}`, buildErrorReported({ observed_at: new Date().toISOString() }));
    await waitUntil(
      async () => (await run('sre', 'approvals', '-o', 'json')) === 0 && asJson<{ items: object[] }>().items.length === 1,
    );
    const [{ fix_id: fixId, action_sha256: sha } = { fix_id: '', action_sha256: '' }] = asJson<{
      items: { fix_id: string; action_sha256: string }[];
    }>().items;
    const approve = ['approve', fixId, '--action', sha.slice(0, 12), ...WHY];
    expect(await run('sre', 'approve', fixId, '--action', sha.slice(0, 11), ...WHY)).toBe(6);
    expect(await run('sre', 'approve', fixId, '--action', '0'.repeat(12), ...WHY)).toBe(6);
    expect(await run('analyst', ...approve)).toBe(4);
    expect(await run('sre', ...approve, '--dry-run')).toBe(0);
    expect(await storedOf('ApprovalGranted', 'FixCommanded')).toEqual([]);
    expect(await run('sre', ...approve)).toBe(0);
    expect(notes).toEqual([`${fixId} is commanded`]);
    expect(await run('sre', ...approve)).toBe(6);
    expect(await storedOf('ApprovalGranted')).toEqual(['ApprovalGranted person:ada']);
    expect(await storedOf('FixCommanded')).toHaveLength(1);
  });
});
