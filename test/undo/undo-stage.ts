import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Command, everyCommandSubject, type JsonObject, type Problem, type UndoneFix } from '#libs/contracts';
import type { StoredEvent } from '#libs/event-store';
import { STRATEGIES } from '#libs/fix-strategies';
import { type RunningServiceAgent, startServiceAgent } from '#libs/service-agent';
import { checkLog, describeViolations, loadSettledEvidence, readAgentLedger, waitUntil } from '#libs/testing';
import { ask, createKey } from '../builders/key-ring.ts';
import { readWhole } from '../builders/log-builder.ts';
import { RunningOrchestrator } from '../builders/running-orchestrator.ts';
import { SWITCH_POOL } from '../builders/strategy-builder.ts';
import { PoolExecutor } from './pool-executor.ts';

const TENANT = 'test';
const AGENT = 'memory-agent';
/** Lives until it is ended. */
const IDLE = ['-e', 'setInterval(() => undefined, 1_000_000)'];
const WITHIN = { withinMs: 30_000 };

/** An orchestrator with one strategy more, and a real agent that can carry it out and take it back. */
export class UndoStage {
  /** What came over the wire. */
  readonly commands: Command[] = [];

  private constructor(
    readonly orchestrator: RunningOrchestrator,
    readonly executor: PoolExecutor,
    /** Services whose health the orchestrator finds bad. */
    readonly ill: Set<string>,
    private readonly parts: { agent: RunningServiceAgent; dir: string; server: Server; keys: ReadonlyMap<string, string> },
  ) {}

  static async open(services: readonly string[]): Promise<UndoStage> {
    const dir = mkdtempSync(join(tmpdir(), 'zantara-undo-'));
    const ill = new Set<string>();
    const server = createServer(({ url = '' }, response) => void response.writeHead(ill.has(url.slice(1)) ? 503 : 200).end());
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const catalogue = join(dir, 'catalogue.yaml');
    writeFileSync(catalogue, stringify(catalogueOf(services, url)));
    const orchestrator = await RunningOrchestrator.start(
      { CATALOGUE_FILE: catalogue },
      { strategies: [...STRATEGIES, SWITCH_POOL] },
    );
    const fileOf = (serviceId: string): string => join(dir, `${serviceId}.pool`);
    for (const id of services) writeFileSync(fileOf(id), 'old');
    const executor = new PoolExecutor(fileOf);
    const agent = await startAgent(orchestrator, { dir, url, services, executor });
    const keys = new Map([
      ['ada', await createKey(orchestrator, { owner: 'ada', role: 'sre' })],
      ['ann', await createKey(orchestrator, { owner: 'ann', role: 'analyst' })],
    ]);
    const stage = new UndoStage(orchestrator, executor, ill, { agent, dir, server, keys });
    await stage.listen();
    return stage;
  }

  keyOf(person: 'ada' | 'ann'): string {
    return this.parts.keys.get(person) ?? '';
  }

  /** The service says that its database is away; its fix begins. Tells the fix's id. */
  async break(serviceId: string): Promise<string> {
    const data = { check: 'database', reason: 'exited', consecutive_failures: 3, message: 'no connection' };
    await this.parts.agent.report({ source: `backend-${serviceId}`, type: 'health', severity: 'critical', data, context: {} });
    let fixId: string | undefined;
    await waitUntil(async () => {
      const observed = (await this.eventsOf('FixObserved')).find((event) => event.data['target'] === serviceId);
      fixId = observed?.data['fix_id'] as string | undefined;
      return fixId !== undefined;
    }, WITHIN);
    return fixId ?? '';
  }

  async eventsOf(type: string, fixId?: string): Promise<StoredEvent[]> {
    const events = await readWhole(this.orchestrator.log);
    return events.filter((event) => event.type === type && (fixId === undefined || event.data['fix_id'] === fixId));
  }

  /** Until this has happened to the fix. Tells the event's data. */
  async until(type: string, fixId: string): Promise<JsonObject> {
    await waitUntil(async () => (await this.eventsOf(type, fixId)).length > 0, WITHIN);
    return (await this.eventsOf(type, fixId)).at(-1)?.data ?? {};
  }

  async typesOf(fixId: string): Promise<string[]> {
    const events = await this.orchestrator.log.store.readStream(`fix-${fixId}`);
    return events.map(({ type }) => type).filter((type) => !/^(Timer|Probe|FixAck)/.test(type));
  }

  async undo(fixId: string, body: object = {}, person: 'ada' | 'ann' = 'ada'): Promise<[number, UndoneFix & Problem]> {
    const sent = { key: this.keyOf(person), body: { reason: 'requests are lost', ...body } };
    const answer = await ask(this.orchestrator, `/api/fixes/${fixId}/undo`, sent);
    return [answer.status, (await answer.json()) as UndoneFix & Problem];
  }

  async stop(verb: 'stop' | 'resume', serviceId: string): Promise<void> {
    const body = { scope: `service:${serviceId}`, reason: 'a test' };
    await ask(this.orchestrator, `/api/${verb}`, { key: this.keyOf('ada'), body });
  }

  /** What is wrong with the log, and with what the agent did; nothing where all is well. */
  async check(): Promise<string> {
    const ledger = (): ReturnType<typeof readAgentLedger> => readAgentLedger(join(this.parts.dir, 'agent'), AGENT);
    const evidence = await loadSettledEvidence(this.orchestrator.ownerUrl, () => [ledger()]);
    const options = { ...evidence.options, reversible: [SWITCH_POOL.id] };
    return describeViolations(checkLog({ ...evidence, options }));
  }

  async close(): Promise<void> {
    await this.parts.agent.stop();
    await this.orchestrator.stop();
    await new Promise((resolve) => void this.parts.server.close(resolve));
    rmSync(this.parts.dir, { recursive: true, force: true });
  }

  private async listen(): Promise<void> {
    const connection = await this.orchestrator.nats.connectRaw('administrator');
    connection.subscribe(everyCommandSubject(TENANT), {
      callback: (_error, message) => void this.commands.push(message.json<Command>()),
    });
    await connection.flush();
  }
}

const catalogueOf = (services: readonly string[], url: string): JsonObject => ({
  // All of them break within seconds, which is a storm to the guards, and a large share.
  policy: [{ scope: 'global', settings: { blast_radius_share: 1, storm_share: 1 } }],
  agents: [{ id: AGENT, class: 'service' }],
  services: services.map((id) => ({
    id,
    probe_url: `${url}/${id}`,
    owner_agent: AGENT,
    single_replica: true,
    autonomy: 'auto',
  })),
});

function startAgent(
  orchestrator: RunningOrchestrator,
  { dir, url, services, executor }: { dir: string; url: string; services: readonly string[]; executor: PoolExecutor },
): Promise<RunningServiceAgent> {
  const config = {
    tenant: TENANT,
    agent_id: AGENT,
    nats_url: orchestrator.nats.url,
    nkey_seed_file: orchestrator.nats.seedFile(AGENT),
    orchestrator_keys_file: orchestrator.keysFile,
    state_dir: join(dir, 'agent'),
    heartbeat_interval_ms: 500,
    services: services.map((id) => ({
      id,
      process: { command: process.execPath, args: IDLE, on_agent_stop: 'stop' as const },
      // What the agent itself finds is not what this is about.
      health: { url: `${url}/`, interval_ms: 1_000, timeout_ms: 900 },
      allow: [SWITCH_POOL.id],
    })),
  };
  return startServiceAgent(config, { log: () => undefined, executors: [executor] });
}
