import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { IncidentDetail } from '#libs/contracts';
import { IncidentDetailSchema, IncidentPageSchema, ServicePageSchema } from '#libs/contracts/schemas';
import { isAlive, processesOn, RunningLauncher } from './running-launcher.ts';
import { freePort, waitUntil } from '#libs/testing';

const LOST_ONES = z.object({ total: z.object({ lost: z.int() }) });

let stateDir: string;
let launcher: RunningLauncher;

/** `npm run break`, to its end. */
async function runBreak(...args: string[]): Promise<{ code: number | null; output: string }> {
  const env = { ...process.env, ZANTARA_STATE_DIR: stateDir };
  const child = spawn('npm', ['run', '--silent', 'break', '--', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((ended) => child.once('close', ended));
  return { code, output };
}

const ask = async <T>(path: string, schema: z.ZodType<T>): Promise<T> =>
  schema.parse(await (await fetch(`${launcher.run.api_url}${path}`)).json());

const pidIn = (output: string): number => Number(/kill -(?:9|STOP) (\d+)/.exec(output)?.[1]);

async function stateOf(service: string): Promise<{ state: string; pid: number | null } | undefined> {
  const { items } = await ask('/api/services', ServicePageSchema);
  return items.find(({ service_id: id }) => id === service);
}

/** The first incident of the service that ended like this. */
async function incidentOf(service: string, state: 'resolved' | 'escalated'): Promise<IncidentDetail> {
  let id: string | undefined;
  await waitUntil(
    async () => {
      const { items } = await ask(`/api/incidents?service=${service}&state=${state}`, IncidentPageSchema);
      id = items.at(-1)?.incident_id;
      return id !== undefined;
    },
    { withinMs: 60_000, everyMs: 200 },
  );
  return ask(`/api/incidents/${id}`, IncidentDetailSchema);
}

async function start(): Promise<RunningLauncher> {
  return new RunningLauncher(stateDir, [], { PORT: String(await freePort()) }).ready();
}

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'zantara-break-'));
  chmodSync(stateDir, 0o755); // PostgreSQL, which doesn't run as root, must get through
});
afterAll(async () => {
  if (!launcher.hasEnded) await launcher.end('SIGTERM');
  rmSync(stateDir, { recursive: true, force: true });
});

describe('npm run break', () => {
  it('says how to begin when nothing runs', async () => {
    const { code, output } = await runBreak('service-down', '--service', 'rag');
    expect(code).toBe(1);
    expect(output).toContain(`nothing runs from ${stateDir}: npm start starts it`);
    launcher = await start();
  }, 120_000);

  it.each([
    ['no service', ['service-down'], 'memory, rag, gateway'],
    [
      'a service that there is not',
      ['service-down', '--service', 'ragg'],
      'there is no service ragg. There are: memory, rag, gateway',
    ],
    ['a wound that there is not', ['service-sad'], 'there is no wound service-sad'],
  ])('refuses %s and lists what there is', async (_what, args, message) => {
    const { code, output } = await runBreak(...args);
    expect(code).toBe(1);
    expect(output).toContain(message);
  });

  it('kills a service that is healed, and says where to watch it', async () => {
    const { code, output } = await runBreak('service-down', '--service', 'rag');
    expect(code).toBe(0);
    expect(output).toContain(launcher.run.api_url);
    expect(output).toContain('npm run zantara -- incidents show --latest');
    expect(output).toContain(`${launcher.run.users_url}/stats`);
    await incidentOf('rag', 'resolved');
    expect((await stateOf('rag'))?.pid).not.toBe(pidIn(output));
  }, 120_000);

  it('freezes a service, which is replaced on the same port', async () => {
    const { output } = await runBreak('service-hung', '--service', 'memory');
    const frozen = pidIn(output);
    expect(isAlive(frozen)).toBe(true);
    await incidentOf('memory', 'resolved');
    expect(isAlive(frozen)).toBe(false);
    await waitUntil(async () => (await stateOf('memory'))?.state === 'healthy');
    const stats = LOST_ONES.parse(await (await fetch(`${launcher.run.users_url}/stats`)).json());
    expect(stats.total.lost).toBeGreaterThan(0);
  }, 120_000);

  it('lets a service crash until it is given up, and then ends by itself', async () => {
    const { code, output } = await runBreak('crash-loop', '--service', 'gateway');
    expect(code).toBe(0);
    expect(output.match(/kill -9 \d+/g)).toHaveLength(3);
    expect(output).toContain('is escalated (attempts-exhausted)');
    // Its agent says so a moment after the last attempt has failed.
    await waitUntil(async () => (await stateOf('gateway'))?.state === 'stopped');
    const again = await runBreak('service-down', '--service', 'gateway');
    expect(again.code).toBe(1);
    expect(again.output).toContain('gateway is not running now (state: stopped)');
  }, 120_000);

  it('spoils a configuration, which no start can heal, and the next npm start writes it anew', async () => {
    const file = launcher.run.services?.find(({ id }) => id === 'rag')?.config_file ?? '';
    const good = readFileSync(file, 'utf8');
    const { output } = await runBreak('bad-config', '--service', 'rag');
    expect(output).toContain(file);
    const { reason_code: reason, timeline } = await incidentOf('rag', 'escalated');
    expect(reason).toBe('hopeless:configuration-error');
    expect(timeline.filter(({ type }) => type === 'FixCommanded')).toHaveLength(1);
    expect(await launcher.end('SIGINT')).toBe(0);
    expect(processesOn(stateDir)).toEqual([]);
    launcher = await start();
    expect(readFileSync(file, 'utf8')).toBe(good);
    expect(existsSync(`${file}.good`)).toBe(false);
    await waitUntil(async () => (await stateOf('rag'))?.state === 'healthy');
  }, 120_000);
});
