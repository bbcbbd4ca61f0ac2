import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SupervisedProcess } from '../../runtime/supervised-process.ts';
import { findFreePort } from './port-check.ts';
import { RestartChildProcess, type RestartOptions } from './restart-child-process.ts';

const never = new AbortController().signal;

describe('RestartChildProcess', () => {
  let dir: string;
  let port: number;
  let child: SupervisedProcess;
  let servers: Server[];

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'zantara-restart-'));
    port = await findFreePort();
    servers = [];
    const env = { PORT: String(port), LEDGER: join(dir, 'ledger'), MODE_FILE: join(dir, 'mode') };
    const args = [resolve('test/service-agent/child-service.mjs')];
    child = new SupervisedProcess({
      serviceId: 'memory',
      spec: { command: process.execPath, args, cwd: undefined, env },
      directory: dir,
      epoch: 'e',
    });
  });
  afterEach(async () => {
    await child.stop(0);
    for (const server of servers) server.close();
    rmSync(dir, { recursive: true, force: true });
  });

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

  it('leaves the service running when it is cancelled while it drains', async () => {
    await executor().execute(request(), never);
    const { state: before } = child;
    const cancel = new AbortController();
    const drainUrl = `http://127.0.0.1:${port}/drain`;
    const cancelled = executor({ drainUrl }).execute(request(5_000), cancel.signal);
    setImmediate(() => cancel.abort());
    expect(await cancelled).toMatchObject({ succeeded: false, reasonCode: 'aborted' });
    expect(child.state).toEqual(before);
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
    const spec = { command: '/nonexistent/program', args: [], cwd: undefined, env: {} };
    const missing = new SupervisedProcess({ serviceId: 'memory', spec, directory: dir, epoch: 'e' });
    expect(await executor({ process: missing }).execute(request(), never)).toMatchObject({ reasonCode: 'start-failed' });
  });
});
