import { writeFileSync } from 'node:fs';
import { jetstreamManager } from '@nats-io/jetstream';
import { z } from 'zod';
import { agentInboxPrefix, commandConsumerName, jetStreamName } from '#libs/contracts';
import { Random, readAgentLedger, startTestNats, type TestNats, waitUntil } from '#libs/testing';
import { AgentProcess } from '../../test/service-agent/agent-process.ts';
import { AGENT, OrchestratorDouble, TENANT } from '../../test/service-agent/orchestrator-double.ts';
import { createSigningKey } from '../../test/service-agent/signing-key.ts';
import { RawPublisher } from '../fuzz/raw-publisher.ts';
import type { Forger, Forgery } from './forgery.ts';
import type { Evidence } from './judge-forgeries.ts';
import { OTHER_AGENT } from './forgery-kinds.ts';

const ADMINISTRATOR = 'administrator';
const GIVEN_UP = '"msg":"a command is given up"';

const GivenUpSchema = z.object({ messageId: z.string().default(''), reasonCode: z.string() });

interface Parts {
  readonly nats: TestNats;
  readonly agent: AgentProcess;
  readonly forger: Forger;
  readonly publisher: RawPublisher;
  readonly maxActions: number;
}

/** A real agent as a process, with a real service to restart, on a real server, and somebody who may publish anything. */
export class Stage {
  /** Command ids of all starts that were ever in the journal; the agent forgets the oldest. */
  private readonly started = new Set<string>();
  private countedBefore = 0;
  private published = 0;

  private constructor(private readonly parts: Parts) {}

  get agent(): AgentProcess {
    return this.parts.agent;
  }

  get forger(): Forger {
    return this.parts.forger;
  }

  static async open(seed: number, maxActions: number): Promise<Stage> {
    const nats = await startTestNats({ tenant: TENANT, agents: [AGENT, OTHER_AGENT] });
    const agent = await AgentProcess.prepare();
    const key = createSigningKey('good-key');
    const revokedKey = createSigningKey('revoked-key');
    const keys = [key, revokedKey].map(({ keyId, publicKey }) => ({ key_id: keyId, public_key: publicKey }));
    writeFileSync(agent.keysFile, JSON.stringify({ keys: [keys[0], { ...keys[1], revoked: true }] }));
    const orchestrator = await OrchestratorDouble.start(nats, agent.keysFile, () => key);
    const inboxPrefix = agentInboxPrefix('forger');
    const publisher = new RawPublisher({ url: nats.url, seed: nats.seed(ADMINISTRATOR), inboxPrefix });
    await publisher.connect();
    const forger = {
      orchestrator,
      random: Random.of(seed, 'forgeries'),
      revokedKey,
      unknownKey: createSigningKey('unknown-key'),
      foreignKey: createSigningKey(key.keyId),
      done: [],
    };
    const stage = new Stage({ nats, agent, forger, publisher, maxActions });
    await stage.startAgent();
    return stage;
  }

  async startAgent(): Promise<void> {
    const { orchestrator } = this.forger;
    orchestrator.heartbeats.length = 0;
    this.agent.start(this.parts.nats, { maxActions: this.parts.maxActions });
    await this.agent.untilServing();
    await waitUntil(() => orchestrator.heartbeats.some(({ services }) => services[0]?.state === 'healthy'));
  }

  /** kill -9 and a new process, with the counts of the old one kept. */
  async restartAgent(): Promise<void> {
    this.countedBefore += await this.readCount();
    this.noteStarts();
    await this.agent.kill();
    await this.startAgent();
  }

  /** Resolves with its message id once the stream has it. */
  async publish({ subject, headers, body }: Omit<Forgery, 'commandId' | 'fate'>): Promise<string> {
    const id = `message-${++this.published}`;
    const answer = await this.parts.publisher.publish({ subject, body, headers: [['Nats-Msg-Id', id], ...headers] });
    if (!answer.stored) throw new Error(`the stream did not take a message: ${answer.reason}`);
    return id;
  }

  /** The agent has settled whatever it was sent. */
  async settle(): Promise<void> {
    const manager = await jetstreamManager(await this.parts.nats.connectRaw(ADMINISTRATOR));
    const [stream, consumer] = [jetStreamName(TENANT, 'commands'), commandConsumerName(AGENT.agentId)];
    await waitUntil(
      async () => {
        const { num_pending: pending, num_ack_pending: unsettled } = await manager.consumers.info(stream, consumer);
        return pending + unsettled === 0;
      },
      { withinMs: 120_000 },
    );
    this.noteStarts();
  }

  /** Two heartbeats: the agent has had its turn since. */
  async untilHeard(): Promise<void> {
    const { heartbeats } = this.forger.orchestrator;
    const heard = heartbeats.length;
    await waitUntil(() => heartbeats.length > heard + 1);
  }

  /** Once everything that is still due has come in. */
  async gather(): Promise<Evidence> {
    const { orchestrator, done } = this.forger;
    await this.settle();
    await this.untilHeard();
    return {
      results: orchestrator.results,
      givenUp: this.readGivenUp(),
      started: this.started,
      good: new Set(done.map(({ command }) => command.command_id)),
      restarts: this.agent.ledger.length - 1,
      counted: this.countedBefore + (await this.readCount()),
    };
  }

  /** By message id, why the agent gave up what it was sent. */
  private readGivenUp(): Map<string, string> {
    const lines = this.agent
      .read('agent.log')
      .split('\n')
      .filter((line) => line.includes(GIVEN_UP));
    const told = lines.map((line) => GivenUpSchema.parse(JSON.parse(line)));
    return new Map(told.map(({ messageId, reasonCode }) => [messageId, reasonCode]));
  }

  async close(): Promise<void> {
    this.parts.publisher.close();
    await this.forger.orchestrator.stop();
    await this.agent.dispose();
    await this.parts.nats.stop();
  }

  /** How many commands the agent's metrics have counted as not carried out. */
  private async readCount(): Promise<number> {
    const counts = (await this.agent.readMetrics()).matchAll(/^zantara_agent_commands_refused_total\{.*\} (\d+)$/gm);
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  private noteStarts(): void {
    const { effects } = readAgentLedger(`${this.agent.dir}/state`, AGENT.agentId);
    for (const { commandId } of effects) this.started.add(commandId);
  }
}
