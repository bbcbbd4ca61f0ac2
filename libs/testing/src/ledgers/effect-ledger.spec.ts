import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EffectLedger } from './effect-ledger.ts';

const buildEffect = (n: number) => ({ commandId: `c${n}`, target: 'memory', fencePosition: n });

describe('EffectLedger', () => {
  let dir: string;
  let file: string;
  let ledger: EffectLedger;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'zantara-effects-'));
    file = join(dir, 'effects', 'agent.log');
    ledger = new EffectLedger(file, 'agent');
  });
  afterEach(() => {
    ledger.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('has written down what was begun when the agent may act', async () => {
    await ledger.begin(buildEffect(1));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(buildEffect(1));
    expect(ledger.toAgentLedger()).toEqual({ agentId: 'agent', effects: [buildEffect(1)], repeated: [] });
  });

  it('tells the next life of the agent what was begun in the one before', async () => {
    await ledger.begin(buildEffect(1));
    const next = new EffectLedger(file, 'agent');
    expect([next.hasBegun('c1'), next.hasBegun('c2')]).toEqual([true, false]);
    await next.begin(buildEffect(2));
    expect(next.effects).toEqual([buildEffect(1), buildEffect(2)]);
    next.close();
  });

  it('tells twice what was begun twice', async () => {
    await ledger.begin(buildEffect(1));
    await ledger.begin(buildEffect(1));
    expect(ledger.effects).toHaveLength(2);
  });

  it('tells apart what came again and was not done', async () => {
    await ledger.begin(buildEffect(1));
    ledger.repeat(buildEffect(1));
    expect(ledger.toAgentLedger()).toMatchObject({ effects: [buildEffect(1)], repeated: [buildEffect(1)] });
  });

  it('leaves out a line that a kill has cut, and goes on behind it', async () => {
    await ledger.begin(buildEffect(1));
    appendFileSync(file, '{"commandId":"c2","tar');
    const next = new EffectLedger(file, 'agent');
    expect(next.effects).toEqual([buildEffect(1)]);
    await next.begin(buildEffect(3));
    expect(next.effects).toEqual([buildEffect(1), buildEffect(3)]);
    next.close();
  });

  it('is there after kill -9 of the process that wrote it', () => {
    const script = `
      import { EffectLedger } from './libs/testing/src/ledgers/effect-ledger.ts';
      await new EffectLedger(${JSON.stringify(file)}, 'agent').begin(${JSON.stringify(buildEffect(1))});
      process.kill(process.pid, 'SIGKILL');`;
    const flags = ['--conditions=source', '--import', './scripts/typescript-loader.mjs', '--input-type=module'];
    const { signal } = spawnSync(process.execPath, [...flags, '--eval', script]);
    expect(signal).toBe('SIGKILL');
    expect(ledger.effects).toEqual([buildEffect(1)]);
  });
});
