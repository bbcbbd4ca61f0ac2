import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ProcessState } from '../runtime/supervised-process.ts';
import { ServiceMonitor, type Symptom } from './service-monitor.ts';

const RUNNING: ProcessState = { state: 'running', pid: 7 };

function watchService() {
  const world = { isOk: true, process: RUNNING, hangs: false };
  const symptoms: Symptom[] = [];
  const monitor = new ServiceMonitor({
    serviceId: 'memory',
    thresholds: { unhealthyAfter: 2, healthyAfter: 1, startGraceMs: 500 },
    intervalMs: 1_000,
    timeoutMs: 500,
    jitter: 0,
    repeatMs: 5_000,
    clock: { epoch: 'e', nowMs: () => Date.now() },
    probe: () =>
      world.hangs ? new Promise(() => undefined) : Promise.resolve({ isOk: world.isOk, durationMs: 1, message: 'answered 500' }),
    processState: () => world.process,
    onSymptom: (symptom) => symptoms.push(symptom),
    onError: () => undefined,
  });
  return { monitor, world, symptoms };
}

describe('ServiceMonitor', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  it('reports nothing of a service that is well', async () => {
    const { monitor, symptoms } = watchService();
    monitor.start();
    await pass(60_000);
    expect(symptoms).toEqual([]);
    expect(monitor.describe()).toMatchObject({ service_id: 'memory', state: 'healthy', consecutive_failures: 0, pid: 7 });
  });

  it('reports the turn to unhealthy, then at a bounded rate', async () => {
    const { monitor, world, symptoms } = watchService();
    monitor.start();
    await pass(1_000);
    world.isOk = false;
    await pass(1_000);
    expect(symptoms).toEqual([]);
    await pass(1_000);
    expect(symptoms).toEqual([
      { serviceId: 'memory', reason: 'failing', consecutiveFailures: 2, message: 'answered 500', pid: 7 },
    ]);
    await pass(10_000);
    expect(symptoms.map(({ consecutiveFailures }) => consecutiveFailures)).toEqual([2, 7, 12]);
  });

  it('reports the end of the process at once', async () => {
    const { monitor, world, symptoms } = watchService();
    monitor.start();
    await pass(1_000);
    world.process = { state: 'exited', exit: { signal: 'SIGKILL' }, pid: 7 };
    monitor.processEnded();
    expect(symptoms).toEqual([
      {
        serviceId: 'memory',
        reason: 'exited',
        exit: { signal: 'SIGKILL' },
        consecutiveFailures: 0,
        message: 'the process ended by SIGKILL',
        pid: 7,
      },
    ]);
    expect(monitor.describe()).toMatchObject({ state: 'stopped' });
  });

  it.each<[string, ProcessState, number | undefined]>([
    ['the pid of the new process when that has ended', { state: 'exited', exit: {}, pid: 8 }, 8],
    ['no pid when the new one could not be started', { state: 'exited', exit: {} }, undefined],
  ])('names after a restart %s', async (_, state, pid) => {
    const { monitor, world, symptoms } = watchService();
    monitor.start();
    await pass(1_000);
    monitor.beginAction();
    world.process = state;
    monitor.endAction();
    expect(symptoms.map((symptom) => symptom.pid)).toEqual([pid]);
  });

  it('holds its tongue while a command acts, and not a moment longer', async () => {
    const { monitor, world, symptoms } = watchService();
    monitor.start();
    await pass(1_000);
    monitor.beginAction();
    world.process = { state: 'exited', exit: { exitCode: 0 } };
    world.isOk = false;
    monitor.processEnded();
    await pass(20_000);
    expect(symptoms).toEqual([]);
    expect(monitor.describe()).toMatchObject({ state: 'starting' });
    monitor.endAction();
    expect(symptoms).toMatchObject([{ reason: 'exited', message: 'the process ended with code 0' }]);
  });

  it('calls a service stale when its checker has stopped', async () => {
    const { monitor, world } = watchService();
    monitor.start();
    await pass(1_000);
    world.hangs = true;
    await pass(3_500);
    expect(monitor.describe().state).toBe('healthy');
    await pass(1_500);
    expect(monitor.describe().state).toBe('stale');
  });
});
