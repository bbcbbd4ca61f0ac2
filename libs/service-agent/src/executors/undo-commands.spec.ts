import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Command } from '#libs/contracts';
import { waitUntil } from '#libs/testing';
import { at, command, deliver, RunnerStage } from './in-memory/runner-stage.ts';
import type { CommandRunner } from './command-runner.ts';

describe('an undo', () => {
  let world: RunnerStage;
  let runner: CommandRunner;

  beforeEach(async () => {
    world = new RunnerStage();
    world.heartbeat();
    runner = await world.open();
  });

  const handle = async (...commands: Command[]): Promise<void> => {
    for (const each of commands) await runner.handle(deliver(each));
    await runner.stop();
  };
  const undo = (id: string, position: number, over: Partial<Command> = {}): Command =>
    command(id, position, { undoes: 'c1', ...over });

  it('is carried out once, of what was carried out, and written down before', async () => {
    await handle(command('c1', 1));
    await handle(undo('u1', 2), undo('u1', 2));
    await handle(undo('u2', 3));
    expect(world.records.map(({ type }) => type)).toEqual(['started', 'finished', 'started', 'finished', 'refused']);
    expect(new Set(world.results.slice(2))).toEqual(new Set(['u1:acknowledged', 'u1:succeeded', 'u2:refused undone-before']));
    expect(world.executor.ledger).toHaveLength(2);
    const done = world.told.filter(({ phase }) => phase === 'succeeded');
    expect(done.map(({ fix }) => fix?.rollback_available)).toEqual([true, false]);
  });

  it.each<[string, Command[], Command]>([
    ['nothing-to-undo', [], undo('u1', 2)],
    ['nothing-to-undo', [command('c1', 1, { expires_at: at(-1) })], undo('u1', 2)],
    ['nothing-to-undo', [command('c1', 1)], undo('u1', 2, { undoes: 'c2' })],
    ['undo-not-offered', [command('c1', 1, { strategy: 'restart/other' })], undo('u1', 2, { strategy: 'restart/other' })],
    ['nothing-to-undo', [command('c1', 1, { strategy: 'restart/other' })], undo('u1', 2)],
    ['nothing-to-undo', [command('c1', 1), undo('u1', 2)], undo('u2', 3, { undoes: 'u1' })],
    ['invalid-parameters', [command('c1', 1)], undo('u1', 2, { parameters: { path: '/etc' } })],
  ])('is refused with %s (%#)', async (code, before, refused) => {
    for (const each of before) await handle(each);
    const effects = world.executor.ledger.length;
    await handle(refused);
    expect(world.results.at(-1)).toBe(`${refused.command_id}:refused ${code}`);
    expect(world.executor.ledger).toHaveLength(effects);
  });

  it('is refused where the command failed, was cut off, or is still under way', async () => {
    world.act = async () => ({ succeeded: false, reasonCode: 'not-ready', evidence: {} });
    await handle(command('c1', 1), undo('u1', 2));
    expect(world.results).toContain('u1:refused nothing-to-undo');
    world.act = () => new Promise(() => undefined);
    await runner.handle(deliver(command('c2', 3)));
    await runner.handle(deliver(undo('u2', 4, { undoes: 'c2' })));
    expect(world.results.at(-1)).toBe('u2:refused nothing-to-undo');
    const restarted = await world.open();
    await restarted.recover();
    await restarted.handle(deliver(undo('u3', 5, { undoes: 'c2' })));
    expect(world.results.at(-1)).toBe('u3:refused nothing-to-undo');
  });

  it('is remembered over a restart, also one that failed or was cut off', async () => {
    await handle(command('c1', 1));
    world.act = () => new Promise(() => undefined);
    await runner.handle(deliver(undo('u1', 2)));
    await waitUntil(() => world.executor.ledger.length === 2);
    const restarted = await world.open();
    await restarted.recover();
    await restarted.handle(deliver(undo('u2', 3)));
    expect(world.results.slice(-2)).toEqual(['u1:outcome_unknown agent-restarted', 'u2:refused undone-before']);
  });

  it('is possible also when the rate of actions is used up, and is none of them', async () => {
    for (const [index, id] of ['c1', 'c2', 'c3', 'c4', 'c5'].entries()) await handle(command(id, index + 1));
    await handle(command('c6', 6), undo('u1', 7));
    expect(world.results.slice(-3)).toEqual(['c6:refused rate-limited', 'u1:acknowledged', 'u1:succeeded']);
  });
});
