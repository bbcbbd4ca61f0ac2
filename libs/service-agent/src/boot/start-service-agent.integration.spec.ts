import { createServer } from 'node:net';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { freePorts, waitUntil } from '#libs/testing';
import { ReportTooLargeError } from '#libs/agent-core';
import { isProcessAlive } from '../runtime/process-stat.ts';
import { InMemoryTransport } from '../transport/in-memory-transport.ts';
import type { AgentConfigInput } from './config.schema.ts';
import { type RunningServiceAgent, startServiceAgent } from './start-service-agent.ts';

describe('startServiceAgent', () => {
  let dir: string;
  let config: AgentConfigInput;
  let agents: RunningServiceAgent[];

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'zantara-library-'));
    agents = [];
    const [port = 0, agentPort = 0] = await freePorts([0, 0]);
    const env = { PORT: String(port), LEDGER: join(dir, 'ledger'), MODE_FILE: join(dir, 'mode') };
    config = {
      agent_id: 'memory-agent',
      nats_url: 'nats://127.0.0.1:4222',
      orchestrator_keys_file: join(dir, 'keys.json'),
      state_dir: join(dir, 'state'),
      heartbeat_interval_ms: 100,
      local_endpoint: { port: agentPort },
      services: [
        {
          id: 'memory',
          process: {
            command: process.execPath,
            args: [resolve('test/service-agent/child-service.mjs')],
            env,
            on_agent_stop: 'stop',
          },
          health: { url: `http://127.0.0.1:${port}/`, interval_ms: 100, timeout_ms: 90 },
        },
      ],
    };
  });
  afterEach(async () => {
    for (const agent of agents) await agent.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const start = async (transport = new InMemoryTransport()): Promise<InMemoryTransport> => {
    agents.push(await startServiceAgent(config, { transport, log: () => undefined }));
    return transport;
  };
  const ledger = (): number[] => readFileSync(join(dir, 'ledger'), 'utf8').trim().split('\n').map(Number);
  const statesOf = ({ sent }: InMemoryTransport): unknown[] =>
    sent.filter(({ kind }) => kind === 'heartbeat').map(({ body }) => JSON.stringify(body['services']));
  const untilHealthy = (transport: InMemoryTransport) =>
    waitUntil(() => statesOf(transport).some((states) => String(states).includes('healthy')));

  it('starts, watches, tells of itself, and stops with its service', async () => {
    const transport = await start();
    await untilHealthy(transport);
    expect(transport.sent.some(({ kind, body }) => kind === 'metric' && JSON.stringify(body).includes('check_duration_ms'))).toBe(
      true,
    );
    const endpoint = `http://127.0.0.1:${config.local_endpoint?.port ?? 0}`;
    expect((await fetch(`${endpoint}/livez`)).status).toBe(200);
    expect((await fetch(`${endpoint}/readyz`)).status).toBe(503);
    expect(await (await fetch(`${endpoint}/metrics`)).text()).toContain('zantara_agent_check_duration_seconds_count');
    const [pid = 0] = ledger();
    await agents.pop()?.stop();
    expect(isProcessAlive(pid)).toBe(false);
    await start();
    await waitUntil(() => ledger().length === 2);
  });

  it('publishes what happened while the broker was away', async () => {
    const transport = new InMemoryTransport();
    transport.isConnected = false;
    await start(transport);
    await waitUntil(async () => (await fetch(config.services[0]?.health.url ?? '').catch(() => undefined))?.ok === true);
    process.kill(ledger()[0] ?? 0, 'SIGKILL');
    await waitUntil(() => readFileSync(join(dir, 'state/outbox.log'), 'utf8').includes('"reason":"exited"'));
    transport.reconnect();
    await waitUntil(() => transport.published.length > 0);
    expect(transport.published[0]).toMatchObject({ kind: 'report', headers: { Attempt: '1' } });
  });

  it('sends what the program around it reports, also after its end, and counts what it refuses', async () => {
    const transport = new InMemoryTransport();
    transport.isConnected = false;
    await start(transport);
    const error = {
      source: 'backend-memory',
      type: 'js-error',
      severity: 'low',
      data: { message: 'a\0b' },
      context: {},
    } as const;
    const id = await agents[0]?.report(error);
    const tooLarge = agents[0]?.report({ ...error, data: { text: 'x'.repeat(2_000_000) } });
    await expect(tooLarge).rejects.toBeInstanceOf(ReportTooLargeError);
    const metrics = await (await fetch(`http://127.0.0.1:${config.local_endpoint?.port ?? 0}/metrics`)).text();
    expect(metrics).toContain('zantara_agent_reports_refused_total{code="report-too-large"} 1');
    const stopped = agents.pop();
    await stopped?.stop();
    await expect(stopped?.report(error)).rejects.toMatchObject({ code: 'report-not-stored' });
    const next = await start();
    await waitUntil(() => next.published.length > 0);
    expect(next.published).toMatchObject([{ kind: 'report', body: { items: [{ error: { ...error, id } }] } }]);
  });

  it('refuses a state directory that another agent uses', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'state-directory-in-use' });
  });

  it('leaves nothing running and nothing locked when its start fails', async () => {
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(config.local_endpoint?.port, '127.0.0.1', done));
    const transport = new InMemoryTransport();
    await expect(start(transport)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(transport.isConnected).toBe(false);
    const ended = runProgram(stringify(config));
    expect({ status: ended.status, signal: ended.signal }).toEqual({ status: 1, signal: null });
    expect(ended.stderr).toContain('EADDRINUSE');
    await new Promise((done) => taken.close(done));
    // The lock is free, and the service is started for the first time.
    await untilHealthy(await start());
    expect(ledger()).toHaveLength(1);
  });

  it('leaves a service that it had not yet taken over to the next agent when its start fails', async () => {
    const [memory] = config.services;
    if (memory === undefined) throw new Error('unreachable');
    const kept = { ...memory, process: { ...memory.process, on_agent_stop: 'keep' as const } };
    config = { ...config, services: [kept] };
    await untilHealthy(await start());
    await agents.pop()?.stop();
    writeFileSync(join(dir, 'state/services/rag'), 'no directory');
    config = { ...config, services: [memory, { ...memory, id: 'rag' }] };
    await expect(start()).rejects.toMatchObject({ code: 'EEXIST' });
    config = { ...config, services: [memory] };
    await untilHealthy(await start());
    expect(ledger()).toHaveLength(1);
  });

  const runProgram = (content: string, ...flags: string[]) => {
    const file = join(dir, 'agent.yaml');
    writeFileSync(file, content);
    const args = [resolve('dist/libs/service-agent/src/main.js'), '--config', file, ...flags];
    return spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
  };

  it('prints its configuration without secrets, and lists all that is wrong with it', () => {
    const [service] = config.services;
    const secret = { ...config, services: [{ ...service, process: { ...service?.process, env: { API_KEY: 'hunter2' } } }] };
    const printed = runProgram(stringify(secret), '--print-config');
    expect(printed.status).toBe(0);
    expect(printed.stdout).toContain('interval_ms: 100');
    expect(printed.stdout).not.toContain('hunter2');
    const wrong = runProgram(
      stringify({ ...config, agent_id: 'No', surprise: 1, nkey_seed_file: '/nonexistent' }),
      '--check-config',
    );
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('agent_id:');
    expect(wrong.stderr).toContain('surprise: is not a known key');
    expect(wrong.stderr).toContain('nkey_seed_file:');
    expect(runProgram('a: [', '--check-config').status).toBe(2);
    expect(runProgram(stringify(config), '--check-config').status).toBe(0);
  });

  it('ends with an error instead of living on without a credential', async () => {
    const seedFile = join(dir, 'agent.nk');
    writeFileSync(seedFile, 'no seed');
    const withSeed = { ...config, nkey_seed_file: seedFile };
    const ended = runProgram(stringify(withSeed));
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain('nkey_seed_file: is not the nkey seed of a user');
    await expect(startServiceAgent(withSeed, { log: () => undefined })).rejects.toMatchObject({ code: 'agent-config' });
    await start();
  });
});
