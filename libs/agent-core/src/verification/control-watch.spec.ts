import { describe, expect, it } from '@jest/globals';
import type { ControlState } from '#libs/contracts';
import { ControlWatch } from './control-watch.ts';

const LOG = '018f4e3a-7b1c-7d2e-8f00-000000000001';
const START = Date.parse('2026-01-01T00:00:00.000Z');

class FakeClock {
  readonly epoch = 'boot-1';
  ms = 500;
  nowMs(): number {
    return this.ms;
  }
}

const control = (sequence: number, atMs: number, over: Partial<ControlState> = {}): ControlState => ({
  v: 1,
  key_id: 'k1',
  state: 'running',
  stopped_services: [],
  stopped_strategies: [],
  log_id: LOG,
  version: 3,
  sequence,
  issued_at: new Date(START + atMs).toISOString(),
  ...over,
});

function watch() {
  const clock = new FakeClock();
  return { clock, watching: new ControlWatch(clock) };
}

describe('ControlWatch', () => {
  it('knows nothing before the first state', () => {
    const { watching } = watch();
    expect(watching.status()).toBe('unknown');
    expect(watching.orchestratorNowMs()).toBeUndefined();
  });

  it('runs for 10 s after a live heartbeat, by the own monotonic clock', () => {
    const { watching, clock } = watch();
    watching.accept(control(1, 0), 'live');
    clock.ms += 9_999;
    expect(watching.status()).toBe('running');
    clock.ms += 1;
    expect(watching.status()).toBe('stale');
    watching.accept(control(2, 10_000), 'live');
    expect(watching.status()).toBe('running');
  });

  it('does not take a stored state for a sign of life', () => {
    const { watching } = watch();
    expect(watching.accept(control(7, 0), 'stored')).toBe(true);
    expect(watching.status()).toBe('stale');
    watching.accept(control(8, 2_000), 'live');
    expect(watching.status()).toBe('running');
  });

  it('stops at a stored stop as well', () => {
    const { watching } = watch();
    watching.accept(control(7, 0, { state: 'stopped' }), 'stored');
    expect(watching.status()).toBe('stopped');
  });

  it.each<[string, Partial<ControlState>, boolean]>([
    ['nothing', {}, false],
    ['everything', { state: 'stopped' }, true],
    ['its service', { stopped_services: ['billing', 'memory'] }, true],
    ['its strategy', { stopped_strategies: ['restart/service'] }, true],
    ['another service and another strategy', { stopped_services: ['rag'], stopped_strategies: ['restart/other'] }, false],
  ])('tells whether a command is stopped when %s is', (_, over, isStopped) => {
    const { watching } = watch();
    const command = { target: { service_id: 'memory' }, strategy: 'restart/service' };
    expect(watching.isStopped(command)).toBe(false);
    watching.accept(control(1, 0, over), 'stored');
    expect(watching.isStopped(command)).toBe(isStopped);
    watching.accept(control(2, 0), 'live');
    expect(watching.isStopped(command)).toBe(false);
  });

  it('stays stopped however old the stop gets', () => {
    const { watching, clock } = watch();
    watching.accept(control(1, 0, { state: 'stopped' }), 'live');
    clock.ms += 3_600_000;
    expect(watching.status()).toBe('stopped');
  });

  it.each([
    ['a repeated sequence', control(5, 9_000)],
    ['an older sequence', control(4, 9_000)],
    ['an older version of the control stream', control(9, 9_000, { version: 2 })],
    ['another log', control(9, 9_000, { log_id: '018f4e3a-7b1c-7d2e-8f00-000000000002' })],
    ['a date that is none', { ...control(9, 0), issued_at: 'soon' }],
  ])('ignores %s', (_, state) => {
    const { watching, clock } = watch();
    watching.accept(control(5, 0), 'live');
    clock.ms += 9_000;
    expect(watching.accept(state, 'live')).toBe(false);
    clock.ms += 1_000;
    expect(watching.status()).toBe('stale');
  });

  it.each([
    ['an older sequence', control(4, 1_000, { version: 4, state: 'stopped' })],
    ['the same sequence', control(5, 1_000, { version: 4, state: 'stopped' })],
  ])('takes a stop of a higher version with %s', (_, state) => {
    const { watching } = watch();
    watching.accept(control(5, 0), 'live');
    expect(watching.accept(state, 'live')).toBe(true);
    expect(watching.status()).toBe('stopped');
    expect(watching.accept(control(9, 2_000), 'live')).toBe(false);
  });

  it('tells the time of the orchestrator, whatever the own wall clock says', () => {
    const { watching, clock } = watch();
    watching.accept(control(1, 0), 'live');
    clock.ms += 1_500;
    expect(watching.orchestratorNowMs()).toBe(START + 1_500);
  });

  it('sees that a heartbeat was held up on its way', () => {
    const { watching, clock } = watch();
    watching.accept(control(1, 0), 'live');
    clock.ms += 60_000;
    watching.accept(control(2, 2_000), 'live');
    expect(watching.orchestratorNowMs()).toBe(START + 60_000);
    expect(watching.status()).toBe('stale');
  });

  it('follows a clock of the orchestrator that was set back', () => {
    const { watching, clock } = watch();
    watching.accept(control(1, 3_600_000), 'live');
    for (let n = 0; n < 30; n++) {
      clock.ms += 2_000;
      watching.accept(control(2 + n, n * 2_000), 'live');
    }
    expect(watching.orchestratorNowMs()).toBe(START + 58_000);
    expect(watching.status()).toBe('running');
  });
});
