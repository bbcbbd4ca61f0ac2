import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ControlState } from '#libs/contracts';
import { waitUntil } from '#libs/testing';
import { at, command, deliver, RunnerStage } from './in-memory/runner-stage.ts';
import type { CommandRunner } from './command-runner.ts';

describe('CommandRunner', () => {
  let world: RunnerStage;
  let runner: CommandRunner;

  beforeEach(async () => {
    world = new RunnerStage();
    world.heartbeat();
    runner = await world.open();
  });

  it('writes the start down before it acts, and the end before it reports', async () => {
    expect(await runner.handle(deliver(command('c1', 1)))).toEqual({ action: 'ack' });
    await runner.stop();
    expect(world.order).toEqual(['begin', 'act with started written', 'end']);
    expect(world.records.map(({ type }) => type)).toEqual(['started', 'finished']);
    expect(world.results).toEqual(['c1:acknowledged', 'c1:succeeded']);
  });

  it('reports how an action failed', async () => {
    world.act = async () => ({ succeeded: false, reasonCode: 'not-ready', detail: 'password=hunter2', evidence: {} });
    await runner.handle(deliver(command('c1', 1)));
    await runner.stop();
    expect(world.results).toEqual(['c1:acknowledged', 'c1:failed not-ready']);
    expect(JSON.stringify([world.outbox, world.records])).not.toContain('hunter2');
  });

  it('answers a repeated command with what it did, and does not act', async () => {
    await runner.handle(deliver(command('c1', 1)));
    await runner.stop();
    for (let i = 0; i < 5; i++) expect(await runner.handle(deliver(command('c1', 1)))).toEqual({ action: 'ack' });
    expect(world.executor.ledger).toHaveLength(1);
    expect(world.results.slice(2)).toEqual(Array.from({ length: 5 }, () => 'c1:succeeded'));
  });

  it('acknowledges again while it is still acting', async () => {
    let release = (): void => undefined;
    world.act = () => new Promise((resolve) => (release = () => resolve({ succeeded: true, evidence: {} })));
    await runner.handle(deliver(command('c1', 1)));
    await runner.handle(deliver(command('c1', 1)));
    expect(world.results).toEqual(['c1:acknowledged', 'c1:acknowledged']);
    release();
    await runner.stop();
    expect(world.executor.ledger).toHaveLength(1);
  });

  it.each([
    ['a bad signature', deliver(command('c1', 1), { signature: 'forged' }), 'bad-signature'],
    ['no signature', deliver(command('c1', 1), { signature: undefined }), 'unsigned'],
    ['a body that is none', deliver({ hello: 1 }), 'bad-schema'],
    ['a key that never came', deliver(command('c1', 1), { keyId: 'unknown', deliveries: 30 }), 'unknown-key'],
  ])('drops a command with %s and answers nobody', async (_, message, reasonCode) => {
    expect(await runner.handle(message)).toEqual({ action: 'drop', reasonCode });
    expect(world.outbox).toEqual([]);
    expect(world.records).toEqual([]);
    expect(world.executor.ledger).toEqual([]);
  });

  it('waits for a key, a heartbeat and the first control state instead of refusing', async () => {
    expect(await runner.handle(deliver(command('c1', 1), { keyId: 'unknown' }))).toMatchObject({ action: 'retry' });
    world.clock.ms += 10_000;
    expect(await runner.handle(deliver(command('c1', 1)))).toMatchObject({ action: 'retry' });
    world.heartbeat();
    expect(await runner.handle(deliver(command('c1', 1)))).toEqual({ action: 'ack' });
    await runner.stop();
    expect(world.results).toContain('c1:succeeded');
  });

  it('remembers a refusal and repeats it, also when the reason is gone', async () => {
    world.heartbeat({ state: 'stopped' });
    await runner.handle(deliver(command('c1', 1)));
    world.heartbeat();
    await runner.handle(deliver(command('c1', 1)));
    expect(world.results).toEqual(['c1:refused control-stopped', 'c1:refused control-stopped']);
    expect(world.executor.ledger).toEqual([]);
  });

  it.each([
    ['no-executor', command('c1', 1, { strategy: 'restart/third' })],
    ['invalid-parameters', command('c1', 1, { parameters: { path: '/etc' } })],
    ['other-target', command('c1', 1, { target: { service_id: 'rag' } })],
    ['expired', command('c1', 1, { expires_at: at(-1) })],
  ])('refuses with %s before anything is started', async (code, refused) => {
    await runner.handle(deliver(refused));
    expect(world.results).toEqual([`c1:refused ${code}`]);
    expect(world.executor.ledger).toEqual([]);
    expect(world.records.map(({ type }) => type)).toEqual(['refused']);
  });

  it('does nothing when the journal can not be written', async () => {
    world.isDiskFull = true;
    for (let delivery = 0; delivery < 3; delivery++) {
      await expect(runner.handle(deliver(command('c1', 1)))).rejects.toMatchObject({
        code: 'journal-unwritable',
        retryable: true,
      });
    }
    await expect(runner.handle(deliver(command('c2', 2, { expires_at: at(-1) })))).rejects.toMatchObject({ retryable: true });
    await runner.stop();
    expect(world.results).toEqual([]);
    expect(world.executor.ledger).toEqual([]);
    world.isDiskFull = false;
    expect(await runner.handle(deliver(command('c1', 1)))).toEqual({ action: 'ack' });
    await runner.stop();
    expect(world.results).toEqual(['c1:acknowledged', 'c1:succeeded']);
    expect(world.executor.ledger).toHaveLength(1);
  });

  it.each<[string, (waited: RunnerStage) => void]>([
    ['control-stopped', (waited) => waited.heartbeat({ state: 'stopped' })],
    ['control-stale', (waited) => void (waited.clock.ms += 10_000)],
    [
      'expired',
      (waited) => {
        waited.clock.ms += 60_000;
        waited.heartbeat();
      },
    ],
  ])('does not begin what waited behind another action until it was %s', async (code, pass) => {
    let release = (): void => undefined;
    world.act = () => new Promise((resolve) => (release = () => resolve({ succeeded: true, evidence: {} })));
    await runner.handle(deliver(command('c1', 1)));
    await runner.handle(deliver(command('c2', 2)));
    pass(world);
    release();
    await runner.stop();
    expect(world.results.slice(2)).toEqual(['c1:succeeded', `c2:failed ${code}`]);
    expect(world.executor.ledger).toHaveLength(1);
    expect(world.order.filter((step) => step === 'begin' || step === 'end')).toEqual(['begin', 'end']);
  });

  it.each<[string, Partial<ControlState>]>([
    ['everything', { state: 'stopped' }],
    ['the service', { stopped_services: ['memory'] }],
    ['the strategy', { stopped_strategies: ['restart/service'] }],
  ])('cancels what can be cancelled when %s is stopped, and never begins what waited', async (_, stopped) => {
    world.act = (signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ succeeded: false, reasonCode: 'aborted', evidence: {} }));
      });
    await runner.handle(deliver(command('c1', 1)));
    await runner.handle(deliver(command('c2', 2)));
    world.heartbeat(stopped);
    runner.cancelStopped();
    world.heartbeat();
    await runner.stop();
    expect(world.results.slice(2)).toEqual(['c1:failed aborted', 'c2:failed control-stopped']);
    expect(world.executor.ledger).toHaveLength(1);
  });

  it('leaves alone what another service or strategy is stopped for', async () => {
    let release = (): void => undefined;
    let isCancelled = (): boolean => true;
    world.act = (signal) => {
      isCancelled = () => signal.aborted;
      return new Promise((resolve) => (release = () => resolve({ succeeded: true, evidence: {} })));
    };
    await runner.handle(deliver(command('c1', 1)));
    world.heartbeat({ stopped_services: ['rag'], stopped_strategies: ['restart/other'] });
    runner.cancelStopped();
    await waitUntil(() => world.executor.ledger.length === 1);
    expect(isCancelled()).toBe(false);
    release();
    await runner.stop();
    expect(world.results).toEqual(['c1:acknowledged', 'c1:succeeded']);
  });

  it('says of a cut-off command that its outcome is unknown, and never runs it', async () => {
    world.act = () => new Promise(() => undefined);
    await runner.handle(deliver(command('c1', 1)));
    world.outbox.length = 0;
    const restarted = await world.open();
    await restarted.recover();
    await restarted.handle(deliver(command('c1', 1)));
    expect(world.results).toEqual(['c1:outcome_unknown agent-restarted', 'c1:outcome_unknown agent-restarted']);
    expect(world.executor.ledger).toHaveLength(1);
  });

  it('sends a result again that its last run may have lost', async () => {
    await runner.handle(deliver(command('c1', 1)));
    await runner.stop();
    world.outbox.length = 0;
    await (await world.open()).recover();
    expect(world.results).toEqual(['c1:succeeded']);
  });
});
