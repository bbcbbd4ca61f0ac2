import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AgentAddress, commandSubject, HEADERS, isControlAnswer } from '#libs/contracts';
import type { SignedMessage } from '#libs/agent-core';
import { FaultProxy } from '#libs/testing';
import { Installation, type Servers } from '../installation/installation.ts';
import { RAISED_LIMITS } from '../agents/raised-limits.ts';
import { HealthBoard } from '../agents/health-board.ts';
import { writeCatalogue } from '../agents/write-catalogue.ts';
import { ObedientAgent } from './obedient-agent.ts';
import { loadSignatureCheck } from '../agents/signature-check.ts';

export interface StageOptions {
  /** Agents in all. */
  readonly agents: number;
  /** Of these so many reach NATS by way of a proxy, which may fall silent. */
  readonly apart: number;
  /** Services of each agent. */
  readonly services: number;
  /** Commands that all agents together carry out in a second, where there are as many. */
  readonly perSecond: number;
}

const READY_WITHIN_MS = 240_000;
const TICK_MS = 20;

/** A real installation, and agents that do what it says in no time. */
export class Stage {
  /** Commands to agents whose connection may be cut, as they were published. */
  readonly captured = new Map<ObedientAgent, SignedMessage[]>();
  private isLoading = false;
  private loading: Promise<void> = Promise.resolve();

  private constructor(
    readonly installation: Installation,
    readonly agents: readonly ObedientAgent[],
    readonly partitioned: readonly ObedientAgent[],
    private readonly parts: { board: HealthBoard; proxy: FaultProxy; release: () => void },
  ) {}

  static async open(options: StageOptions): Promise<Stage> {
    const board = await HealthBoard.open();
    const ids = Array.from({ length: options.agents }, (_, n) => `agent-${n}`);
    const owners = new Map(ids.map((id) => [id, servicesOf(id, options.services)]));
    const installation = await Installation.start({
      agents: ids.map((agentId) => ({ agentClass: 'service' as const, agentId })),
      readyWithinMs: READY_WITHIN_MS,
      writeCatalogue: (servers) => writeCatalogue(servers.dir, board, { owners, limits: RAISED_LIMITS }),
    });
    const proxy = await FaultProxy.start(installation.servers.nats.url);
    const gate = openGate();
    const agents: ObedientAgent[] = [];
    for (const [n, agentId] of ids.entries()) {
      const natsUrl = n < options.apart ? proxy.url : installation.servers.nats.url;
      agents.push(await startAgent(installation.servers, board, { ...options, agentId, natsUrl, released: gate.opened }));
    }
    const stage = new Stage(installation, agents, agents.slice(0, options.apart), { board, proxy, release: gate.open });
    await stage.capture(ids);
    return stage;
  }

  /** Lets agents take commands, all at one moment. */
  release(): void {
    this.parts.release();
  }

  /** Services begin to fail, so many a second, each once, of all agents in turn, until all have or `endLoad`. */
  beginLoad(perSecond: number): void {
    const most = Math.max(...this.agents.map(({ serviceIds }) => serviceIds.length));
    const order = Array.from({ length: most }, (_, n) => n).flatMap((n) =>
      this.agents.flatMap((agent) => agent.serviceIds.slice(n, n + 1).map((serviceId) => ({ agent, serviceId }))),
    );
    this.isLoading = true;
    this.loading = this.load(order, perSecond);
  }

  async endLoad(): Promise<void> {
    this.isLoading = false;
    await this.loading;
  }

  /** Nothing goes to or comes from those agents any more, and nobody is told. */
  partition(): void {
    this.parts.proxy.fallSilent();
  }

  /** As a person does; tells when the first byte of the request went out. */
  async stop(): Promise<{ askedAtMs: number; isStored: boolean }> {
    const askedAtMs = performance.now();
    const answer = await post(this.installation, '/api/stop', { reason: 'the bench stops everything' });
    return { askedAtMs, isStored: isControlAnswer(answer) && answer.stored };
  }

  async close(): Promise<void> {
    await this.endLoad();
    this.parts.proxy.recover();
    await Promise.all(this.agents.map((agent) => agent.stop()));
    await this.parts.proxy.leave();
    await this.parts.board.close();
    await this.installation.stop();
  }

  private async load(order: readonly { agent: ObedientAgent; serviceId: string }[], perSecond: number): Promise<void> {
    const beganAtMs = performance.now();
    for (let next = 0; this.isLoading && next < order.length; await sleep(TICK_MS)) {
      const due = Math.min(order.length, Math.ceil(((performance.now() - beganAtMs) / 1_000) * perSecond));
      for (const { agent, serviceId } of order.slice(next, due)) agent.breakService(serviceId);
      next = Math.max(next, due);
    }
  }

  private async capture(ids: readonly string[]): Promise<void> {
    const { nats, tenant } = this.installation.servers;
    const listening = await nats.connectRaw('administrator');
    for (const [n, agent] of this.partitioned.entries()) {
      const messages: SignedMessage[] = [];
      this.captured.set(agent, messages);
      listening.subscribe(commandSubject(tenant, ids[n] ?? ''), {
        callback: (_error, { subject, data, headers }) => {
          const [keyId, signature] = [headers?.get(HEADERS.keyId), headers?.get(HEADERS.signature)];
          messages.push({ subject, body: data, keyId, signature });
        },
      });
    }
    await listening.flush();
  }
}

const servicesOf = (agentId: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${agentId.replace('agent', 'service')}-${n}`);

function startAgent(
  { nats, tenant, keyDir }: Servers,
  board: HealthBoard,
  { agentId, natsUrl, released, ...options }: StageOptions & { agentId: string; natsUrl: string; released: Promise<void> },
): Promise<ObedientAgent> {
  const address: AgentAddress = { tenant, agentClass: 'service', agentId };
  const serviceIds = servicesOf(agentId, options.services);
  for (const id of serviceIds) board.set(id, true);
  return ObedientAgent.start({
    natsUrl,
    nkeySeed: nats.seed(agentId),
    address,
    serviceIds,
    board,
    verifySignature: loadSignatureCheck(keyDir),
    released,
    paceMs: (1_000 * options.agents) / options.perSecond,
  });
}

function openGate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

async function post({ url, servers }: Installation, path: string, body: object): Promise<unknown> {
  const key = readFileSync(join(servers.keyDir, 'admin.key'), 'utf8').trim();
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
  return response.json();
}
