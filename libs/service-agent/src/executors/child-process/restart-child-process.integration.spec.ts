import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort, waitUntil } from '#libs/testing';
import { SupervisedProcess } from '../../runtime/supervised-process.ts';
import { RestartChildProcess, type RestartOptions } from './restart-child-process.ts';

const never = new AbortController().signal;

describe('RestartChildProcess', () => {
  let dir: string;
  let port: number;
  let child: SupervisedProcess;
  let servers: Server[];

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'zantara-restart-'));
    port = await freePort();
    servers = [];
    child = supervise(process.execPath, [resolve('test/service-agent/child-service.mjs')]);
  });
  afterEach(async () => {
    await child.stop(0);
    for (const server of servers) server.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const supervise = (command: string, args: string[]): SupervisedProcess => {
    const env = { PORT: String(port), LEDGER: join(dir, 'ledger'), MODE_FILE: join(dir, 'mode') };
    const spec = { command, args, cwd: undefined, env, inheritEnv: [] };
    return new SupervisedProcess({ serviceId: 'memory', spec, directory: dir, epoch: 'e' });
  };
  const serve = async (onPort: number, listener: () => void = () => undefined, status = 200): Promise<string> => {
    const server = createServer((_, response) => {
      listener();
      response.writeHead(status).end();
    });
    servers.push(server);
    await new Promise<void>((done) => server.listen(onPort, '127.0.0.1', done));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/drain`;
  };
  const executor = (over: Partial<RestartOptions> = {}): RestartChildProcess =>
    new RestartChildProcess({
      process: child,
      healthUrl: `http://127.0.0.1:${port}/`,
      drainUrl: undefined,
      drainTimeoutMs: 5_000,
      readyTimeoutMs: 10_000,
      port,
      evidenceLines: 10,
      ...over,
    });
  const request = (drainMs = 200, readyMs = 10_000) => ({
    serviceId: 'memory',
    strategy: 'restart/service',
    parameters: { drain_deadline_ms: drainMs, readiness_deadline_ms: readyMs },
  });
  const setMode = (mode: string): void => writeFileSync(join(dir, 'mode'), mode);

  it('drains before it stops, and saves evidence before both', async () => {
    const order: string[] = [];
    const drainUrl = await serve(0, () => order.push(`drained while ${child.state.state}`));
    expect(await executor().execute(request(), never)).toMatchObject({ succeeded: true });
    child.onExit(() => order.push('stopped'));
    const outcome = await executor({ drainUrl }).execute(request(), never);
    expect(outcome).toMatchObject({ succeeded: true, evidence: { before: { state: 'running' } } });
    expect(JSON.stringify(outcome.evidence)).toContain('listening');
    expect(order).toEqual(['drained while running', 'stopped']);
  });

  it('kills a service that does not listen to reason', async () => {
    setMode('deaf');
    await executor().execute(request(), never);
    const { state: before } = child;
    expect(await executor().execute(request(100), never)).toMatchObject({ succeeded: true });
    expect(child.state).not.toEqual(before);
  });

  it('does nothing when it is cancelled before it drains', async () => {
    const drains: string[] = [];
    const drainUrl = await serve(0, () => drains.push('drain'));
    await executor().execute(request(), never);
    const { state: before } = child;
    const outcome = await executor({ drainUrl }).execute(request(), AbortSignal.abort());
    expect(outcome).toMatchObject({ succeeded: false, reasonCode: 'aborted' });
    expect(drains).toEqual([]);
    expect(child.state).toEqual(before);
  });

  it('leaves no service drained when it is cancelled while that drains', async () => {
    await executor().execute(request(), never);
    const { state: before } = child;
    const cancel = new AbortController();
    const drainUrl = await serve(0, () => cancel.abort());
    expect(await executor({ drainUrl }).execute(request(), cancel.signal)).toMatchObject({ succeeded: true });
    expect(child.state).toMatchObject({ state: 'running' });
    expect(child.state).not.toEqual(before);
  });

  it('takes the port from workers that outlive their leader', async () => {
    const worker = `process.on('SIGTERM', () => undefined);
      require('http').createServer((_, response) => response.end()).listen(Number(process.env.PORT), '127.0.0.1')`;
    const leader = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(worker)}], { stdio: 'inherit' });
      setInterval(() => undefined, 1000)`;
    child = supervise(process.execPath, ['-e', leader]);
    const findFailure = async () => (await executor().execute(request(), never)).reasonCode;
    expect(await findFailure()).toBeUndefined();
    if (child.state.state === 'running') process.kill(child.state.pid, 'SIGKILL');
    await waitUntil(() => child.state.state === 'exited');
    expect(await findFailure()).toBeUndefined();
    // This time the leader obeys and the worker doesn't.
    expect(await findFailure()).toBeUndefined();
  });

  it('does not start a service whose port somebody else has', async () => {
    await serve(port);
    expect(await executor().dryRun()).toMatchObject({ obstacles: ['port-in-use'] });
    expect(await executor().execute(request(), never)).toMatchObject({ succeeded: false, reasonCode: 'port-in-use' });
    expect(child.state).toEqual({ state: 'none' });
  });

  it('reads a taken port from the last words of the service too', async () => {
    await serve(port, () => undefined, 503);
    expect(await executor({ port: undefined }).execute(request(), never)).toMatchObject({ reasonCode: 'port-in-use' });
  });

  it('is not taken in by somebody else who answers while the service has yet to notice', async () => {
    await serve(port);
    child = supervise('/bin/sh', ['-c', 'sleep 0.2; echo listen EADDRINUSE; exit 1']);
    expect(await executor({ port: undefined }).execute(request(), never)).toMatchObject({ reasonCode: 'port-in-use' });
  });

  it('reads why a service does not start in the words of this start only', async () => {
    writeFileSync(child.outputPath, 'write ENOSPC\n');
    setMode('broken');
    const outcome = await executor().execute(request(), never);
    expect(outcome).toMatchObject({ reasonCode: 'exited-early', evidence: { last_log_lines: ['write ENOSPC'] } });
    expect(JSON.stringify(outcome.evidence['last_log_lines_after'])).toContain('cannot start');
    expect(JSON.stringify(outcome.evidence['last_log_lines_after'])).not.toContain('ENOSPC');
  });

  it.each([
    ['broken', 'exited-early'],
    ['unready', 'not-ready'],
  ])('tells a %s service by the code %s', async (mode, reasonCode) => {
    setMode(mode);
    const outcome = await executor().execute(request(100, 1_000), never);
    expect(outcome).toMatchObject({ succeeded: false, reasonCode });
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  });

  it('tells a program that does not exist by the code start-failed', async () => {
    child = supervise('/nonexistent/program', []);
    expect(await executor().execute(request(), never)).toMatchObject({ reasonCode: 'start-failed' });
  });
});
