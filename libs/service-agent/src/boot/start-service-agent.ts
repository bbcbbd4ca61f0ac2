import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { ControlWatch, type OutboxItem, type TargetFloor } from '#libs/agent-core';
import { validateCommand } from '#libs/contracts/schemas';
import { createHealthReport } from '../assembly/health-report.ts';
import { type HostError, HostReports } from '../assembly/host-reports.ts';
import { computeMaxItemBytes } from '../assembly/item-size.ts';
import { createHeartbeat, createMetric, type ExposureMeasurement } from '../assembly/signals.ts';
import { CheckLoop } from '../collectors/check-loop.ts';
import { readExposures } from '../collectors/exposures/read-exposures.ts';
import type { Symptom } from '../collectors/service-monitor.ts';
import { CommandRunner } from '../executors/command-runner.ts';
import type { Executor } from '../executors/executor.ts';
import { type AgentLog, createAgentLog, describeError } from '../runtime/agent-log.ts';
import { OrchestratorKeys } from '../runtime/orchestrator-keys.ts';
import { parseWith } from '../runtime/parse-body.ts';
import { SystemClock } from '../runtime/system-clock.ts';
import type { AgentTransport } from '../transport/agent-transport.ts';
import { NatsTransport } from '../transport/nats-transport.ts';
import { OrchestratorInbox } from '../transport/orchestrator-inbox.ts';
import { OutboxSender } from '../transport/outbox-sender.ts';
import { AgentMetrics } from './agent-metrics.ts';
import { type AgentState, openAgentState } from './agent-state.ts';
import type { AgentConfig, AgentConfigInput } from './config.schema.ts';
import { parseAgentConfig } from './load-config.ts';
import { startLocalEndpoint } from './local-endpoint.ts';
import { ManagedService } from './managed-service.ts';
import { readNkeySeed } from './nkey-seed.ts';

/** In milliseconds: counts are an answer that takes no work. */
const MOST_FOR_EXPOSURES_MS = 1000;

export interface StartOptions {
  /** NATS unless given. */
  readonly transport?: AgentTransport;
  readonly log?: AgentLog;
  /** What the program around the agent can do to its services, beside what every agent can; `allow` of a service still decides. */
  readonly executors?: readonly Executor[];
}

export interface RunningServiceAgent {
  /**
   * Reports an error that the program around the agent saw. It is redacted here and sent until the orchestrator has committed it.
   * Resolves with the report's id once it survives a crash of the process. May be left alone: nothing comes back but a typed
   * rejection, which is counted and harms nobody who doesn't look.
   *
   * @throws ReportInvalidError | ReportTooLargeError | ReportNotStoredError
   */
  report(error: HostError): Promise<string>;
  /** Ends in order: takes no new command, finishes what is being done, leaves the outbox on the disk. */
  stop(): Promise<void>;
}

interface Surroundings {
  readonly config: AgentConfig;
  readonly state: AgentState;
  readonly clock: SystemClock;
  readonly log: AgentLog;
  readonly transport: AgentTransport;
  readonly executors: readonly Executor[];
}

/** The parts of a running agent and the lines between them. */
class ServiceAgent implements RunningServiceAgent {
  private readonly metrics = new AgentMetrics();
  private readonly bootId = randomUUID();
  private readonly maxItemBytes: number;
  private readonly control: ControlWatch;
  private readonly keys: OrchestratorKeys;
  private readonly sender: OutboxSender;
  private readonly hostReports: HostReports;
  private readonly services: ManagedService[] = [];
  private readonly heartbeats: CheckLoop;
  private runner: CommandRunner | undefined;
  private endpoint: { stop: () => Promise<void> } | undefined;
  private sequence = 0;

  constructor(private readonly around: Surroundings) {
    const { config, state, clock } = around;
    this.maxItemBytes = computeMaxItemBytes(config.outbox.max_bytes);
    this.control = new ControlWatch(clock);
    this.keys = new OrchestratorKeys(config.orchestrator_keys_file);
    this.sender = new OutboxSender({ ...around, outbox: state.outbox, agentId: config.agent_id, bootId: this.bootId });
    this.hostReports = new HostReports({
      outbox: state.outbox,
      clock,
      maxItemBytes: this.maxItemBytes,
      onStored: () => this.sender.nudge(),
      onRefused: (code) => this.metrics.countRefusedReport(code),
    });
    this.heartbeats = new CheckLoop({
      intervalMs: config.heartbeat_interval_ms,
      jitter: 0,
      check: () => this.beat(),
      onError: (error) => this.noteBrokenBeat(error),
    });
    this.metrics.watchOutbox(state.outbox);
  }

  async start(): Promise<void> {
    const { config, state, clock, log, transport, executors } = this.around;
    // First, as a port that is taken must not be found out about when services were started.
    this.endpoint = await this.startEndpoint();
    // Read before the commands they belong to are declared done.
    const unfinished = new Set(state.journal.unfinished().map(({ serviceId }) => serviceId));
    for (const service of config.services) {
      const onSymptom = (symptom: Symptom): void => this.reportSymptom(symptom);
      const onCheck = this.metrics.countCheck.bind(this.metrics);
      const context = { stateDir: config.state_dir, clock, log, executors, onSymptom, onCheck };
      this.services.push(await ManagedService.create(service, context));
    }
    const runner = this.createRunner();
    this.runner = runner;
    await runner.recover();
    for (const service of this.services) await service.begin(unfinished.has(service.config.id));
    const inbox = this.createInbox(runner);
    transport.start({
      onReceipt: (body) => void inbox.takeReceipt(body),
      onControl: (message, origin) => inbox.takeControlState(message, origin),
      onCommand: (command) => runner.handle(command),
      onConnected: () => {
        state.outbox.wake();
        this.sender.nudge();
        void this.beat().catch((error: unknown) => this.noteBrokenBeat(error));
      },
    });
    this.heartbeats.start();
  }

  report(error: HostError): Promise<string> {
    return this.hostReports.report(error);
  }

  /** Also of one that has started in part only. */
  async stop(): Promise<void> {
    try {
      await this.heartbeats.stop();
      await this.around.transport.stop();
      await this.runner?.stop();
      for (const service of this.services) await service.end();
      await this.sender.stop();
      await this.endpoint?.stop();
    } finally {
      await this.around.state.close();
    }
  }

  private async startEndpoint(): Promise<{ stop: () => Promise<void> } | undefined> {
    const { config, transport } = this.around;
    if (config.local_endpoint === undefined) return undefined;
    const isReady = (): boolean => transport.isConnected && this.control.status() !== 'unknown';
    return startLocalEndpoint({ ...config.local_endpoint, registry: this.metrics.registry, isReady });
  }

  private createRunner(): CommandRunner {
    const { config, state, clock, log } = this.around;
    const { control, keys } = this;
    return new CommandRunner({
      agentId: config.agent_id,
      maxItemBytes: this.maxItemBytes,
      verification: {
        tenant: config.tenant,
        agentId: config.agent_id,
        verifySignature: (check) => keys.verify(check),
        parseCommand: (body) => parseWith(validateCommand, body),
        isKeyRevoked: (keyId) => keys.isRevoked(keyId),
        findFloor: (serviceId) => this.findFloor(serviceId),
        control,
        journal: state.journal,
      },
      journal: state.journal,
      control,
      clock,
      targets: new Map(this.services.map((service) => [service.config.id, service.target])),
      send: (item) => this.send(item),
      log,
      onRefusal: (code) => this.metrics.countRefusal(code),
    });
  }

  private createInbox(runner: CommandRunner): OrchestratorInbox {
    const { config, state, log } = this.around;
    return new OrchestratorInbox({
      tenant: config.tenant,
      keys: this.keys,
      control: this.control,
      outbox: state.outbox,
      journal: state.journal,
      log,
      onControl: () => runner.cancelStopped(),
    });
  }

  private findFloor(serviceId: string): TargetFloor | undefined {
    const service = this.around.config.services.find(({ id }) => id === serviceId);
    return service && { strategies: service.allow, maxActionsPerHour: service.max_actions_per_hour };
  }

  private reportSymptom(symptom: Symptom): void {
    const { config, clock, log } = this.around;
    const { bootId, maxItemBytes } = this;
    const instance = config.instance ?? hostname();
    this.send(createHealthReport(symptom, { instance, bootId, maxItemBytes, clock })).catch((error: unknown) => {
      log('error', 'a report could not be stored', { service_id: symptom.serviceId, error: describeError(error) });
    });
  }

  private async send(item: OutboxItem): Promise<void> {
    await this.around.state.outbox.add(item);
    this.sender.nudge();
  }

  private noteBrokenBeat(error: unknown): void {
    this.around.log('warn', 'a heartbeat was not sent', { error: describeError(error) });
  }

  private async beat(): Promise<void> {
    const { config, state, transport } = this.around;
    const { agent_id: agentId, heartbeat_interval_ms: intervalMs } = config;
    this.sequence += 1;
    const context = { agentId, bootId: this.bootId, intervalMs, sequence: this.sequence };
    transport.send({
      kind: 'heartbeat',
      body: createHeartbeat(
        context,
        this.services.map(({ monitor }) => monitor.describe()),
      ),
    });
    const services = this.services.map(({ config: { id }, lastCheck, checks }) => ({
      serviceId: id,
      checkDurationMs: lastCheck?.durationMs,
      checks: { ...checks },
    }));
    const exposures = await this.measureExposures();
    transport.send({ kind: 'metric', body: createMetric(agentId, { services, exposures, outbox: state.outbox.statistics() }) });
    for (const service of this.services) await service.boundLog();
  }

  /** Within half an interval, as the next heartbeat waits for it. */
  private async measureExposures(): Promise<ExposureMeasurement[]> {
    const { exposures, heartbeat_interval_ms: intervalMs } = this.around.config;
    const measured = await Promise.all(
      exposures.map(async ({ service: serviceId, url }) => {
        const counted = await readExposures({ serviceId, url }, Math.min(intervalMs / 2, MOST_FOR_EXPOSURES_MS));
        return counted === undefined ? [] : [{ serviceId, ...counted }];
      }),
    );
    return measured.flat();
  }
}

function createTransport(config: AgentConfig, log: AgentLog): AgentTransport {
  const { tenant, agent_id: agentId, nats_url: url, nkey_seed_file: seedFile } = config;
  const nkeySeed = seedFile === undefined ? undefined : readNkeySeed(seedFile);
  return new NatsTransport({ agent: { tenant, agentClass: 'service', agentId }, url, nkeySeed, log });
}

/**
 * Starts an agent: finds or starts its services, watches them, reports, and carries out signed commands. Resolves when the
 * services are watched; the orchestrator and NATS may come later, or go. When it is rejected nothing of it goes on.
 *
 * @throws AgentConfigError | StateDirectoryInUseError
 */
export async function startServiceAgent(input: AgentConfigInput, options: StartOptions = {}): Promise<RunningServiceAgent> {
  const config = parseAgentConfig(input);
  const log = options.log ?? createAgentLog(config.agent_id);
  const transport = options.transport ?? createTransport(config, log);
  const clock = new SystemClock();
  const state = await openAgentState(config, clock, log);
  const agent = new ServiceAgent({ config, state, clock, log, transport, executors: options.executors ?? [] });
  try {
    await agent.start();
    return agent;
  } catch (error) {
    await agent.stop().catch((failure: unknown) => {
      log('error', 'a start that failed could not be undone', { error: describeError(failure) });
    });
    throw error;
  }
}
