import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing';
import { runCli } from '../../apps/cli/src/run-cli.ts';
import { UndoStage } from './undo-stage.ts';

const SERVICES = ['recurs', 'healed', 'stopped', 'stuck'] as const;

let stage: UndoStage;

beforeAll(async () => {
  stage = await UndoStage.open(SERVICES);
}, 60_000);
afterAll(() => stage.close());

const ledgerOf = (service: string): string[] => stage.executor.ledger.filter((line) => line.includes(` ${service} `));

async function runUndo(fixId: string, ...args: string[]): Promise<[number, string[]]> {
  const notes: string[] = [];
  const terminal = {
    isColoured: false,
    nowMs: () => Date.now(),
    out: () => undefined,
    note: (line: string) => void notes.push(line),
  };
  const access = ['--url', stage.orchestrator.url, '--api-key', stage.keyOf('ada')];
  return [await runCli(['undo', fixId, '--reason', 'requests are lost', ...args, ...access], terminal), notes];
}

describe('undo, with a real agent', () => {
  it('takes a fix back whose check fails, once, and only then tells a person', async () => {
    stage.ill.add('recurs');
    const fixId = await stage.break('recurs');
    expect(await stage.until('FixEscalated', fixId)).toMatchObject({ reason_code: 'verification-recurred' });
    expect((await stage.typesOf(fixId)).slice(-7)).toEqual([
      'VerdictReached',
      'UndoBegun',
      'FixGuarded',
      'FixCommanded',
      'StepUndone',
      'FixUndone',
      'FixEscalated',
    ]);
    expect(ledgerOf('recurs')).toEqual(['execute recurs new', 'undo recurs old']);
    expect(stage.executor.poolOf('recurs')).toBe('old');
    const sent = stage.commands.filter(({ target }) => target.service_id === 'recurs');
    expect(sent).toMatchObject([
      { command_id: `${fixId}.1`, parameters: { pool: 'new' } },
      { command_id: `${fixId}.u1`, parameters: { pool: 'old' }, undoes: `${fixId}.1`, approvals: [] },
    ]);
    expect(await stage.undo(fixId)).toMatchObject([409, { code: 'undone-already' }]);
  }, 60_000);

  it('undoes nothing by itself while healing is stopped, and lets a person do it afterwards', async () => {
    const fixId = await stage.break('stopped');
    await stage.until('FixExecuted', fixId);
    await stage.stop('stop', 'stopped');
    stage.ill.add('stopped');
    expect(await stage.until('FixEscalated', fixId)).toMatchObject({
      reason_code: 'undo-denied:kill-switch',
      not_undone: [`${fixId}.1`],
    });
    expect(ledgerOf('stopped')).toEqual(['execute stopped new']);
    expect(await stage.undo(fixId)).toMatchObject([409, { code: 'undo-denied', detail: expect.stringContaining('kill-switch') }]);
    await stage.stop('resume', 'stopped');
    expect(await stage.undo(fixId)).toMatchObject([200, { state: 'undoing' }]);
    await stage.until('FixUndone', fixId);
    expect(ledgerOf('stopped')).toEqual(['execute stopped new', 'undo stopped old']);
  }, 60_000);

  it('gives an undo up that fails, tells what is left, and never begins it again', async () => {
    stage.executor.stuck.add('stuck');
    stage.ill.add('stuck');
    const fixId = await stage.break('stuck');
    expect(await stage.until('FixEscalated', fixId)).toMatchObject({
      reason_code: 'undo-failed:executor-error',
      not_undone: [`${fixId}.1`],
    });
    expect(await stage.undo(fixId)).toMatchObject([409, { code: 'undo-began-before' }]);
    expect(ledgerOf('stuck')).toEqual(['execute stuck new', 'undo stuck old']);
  }, 60_000);

  it('takes a success back that a person does not want, after telling exactly what would be sent', async () => {
    const fixId = await stage.break('healed');
    expect(await stage.undo(fixId)).toMatchObject([409, { code: 'fix-is-live' }]);
    await stage.until('FixHealed', fixId);
    expect(await stage.undo(fixId, {}, 'ann')).toMatchObject([403, { code: 'role-missing' }]);
    expect(await stage.undo(fixId, { reason: ' ' })).toMatchObject([400, {}]);
    expect(await stage.undo('000000000000-1-1')).toMatchObject([404, { code: 'fix-not-found' }]);
    const [code, told] = await runUndo(fixId, '--dry-run');
    expect(code).toBe(0);
    expect(told).toEqual([
      `${fixId} would be undone by these commands; nothing was stored`,
      `${fixId}.u1 to memory-agent: undo ${fixId}.1, restart/recycle-pool of healed, {"pool":"old"}`,
    ]);
    expect(await stage.eventsOf('UndoBegun', fixId)).toEqual([]);

    expect(await runUndo(fixId)).toMatchObject([0, [`${fixId} is being undone`, told[1]]]);
    await stage.until('FixUndone', fixId);
    expect(stage.executor.poolOf('healed')).toBe('old');
    expect(stage.commands.find(({ command_id: id }) => id === `${fixId}.u1`)).toMatchObject({
      undoes: `${fixId}.1`,
      parameters: { pool: 'old' },
      approvals: [{ actor: 'person:ada', role: 'sre' }],
    });
    const [begun] = await stage.eventsOf('UndoBegun', fixId);
    expect(begun).toMatchObject({
      metadata: { actor: 'person:ada' },
      data: { requested: { actor: 'person:ada', role: 'sre', reason: 'requests are lost' } },
    });
    expect((await runUndo(fixId))[0]).toBe(6);
  }, 60_000);

  it('is seen in the lists: the fix is undone, and its success counts no more', async () => {
    const [revoked] = await stage.eventsOf('VerdictRevoked');
    const fixId = revoked?.data['fix_id'];
    await stage.orchestrator.waitForReadModel('fixes');
    const fixes = (await (await stage.orchestrator.fetch('/api/fixes')).json()) as { items: { fix_id: string }[] };
    expect(fixes.items.find((fix) => fix.fix_id === fixId)).toMatchObject({
      state: 'undone',
      verdict: 'verified',
      revoked_at: expect.any(String),
      n: expect.any(Number),
    });
    const success = (await (await stage.orchestrator.fetch('/api/fix-success?service=healed')).json()) as { items: object[] };
    expect(success.items).toMatchObject([{ n: 1, verified: 0, recurred: 1 }]);
  });

  it('breaks no law', async () => {
    await waitUntil(async () => (await stage.eventsOf('FixUndone')).length === 3);
    expect(await stage.check()).toBe('');
  }, 90_000);
});
