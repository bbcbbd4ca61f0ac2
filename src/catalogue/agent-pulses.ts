import { Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { everyAgentSubject, type Heartbeat, parseAgentSubject } from '#libs/contracts';
import { validateHeartbeat } from '#libs/contracts/schemas';
import { type CoreMessage, NatsLink } from '#libs/messaging';
import { Configuration } from '../platform/config/configuration.ts';
import { CatalogueService } from './catalogue.service.ts';
import { HeartbeatOrder, type HeartbeatPlace } from './heartbeat-order.ts';

/** When one agent was last heard in this process. */
export interface Pulse {
  agentId: string;
  intervalMs: number;
  /** By the monotonic clock of this process. */
  heardAtMs: number;
  /** The log says that this agent is silent. */
  isRecorded: boolean;
}

/** As many missing heartbeats make an agent silent, and as many that overtook one make it say nothing of now. */
export const HEARTBEATS_UNTIL_SILENT = 3;

/** Until an agent has told its interval, in milliseconds. */
const ASSUMED_INTERVAL_MS = 10_000;

/** Who looks is to look every second. What lies between two looks beyond this was no silence: this process itself stood still. */
const LONGEST_LOOK_GAP_MS = 3_000;

const beat = (agentId: string, intervalMs: number): Pulse => ({
  agentId,
  intervalMs,
  heardAtMs: performance.now(),
  isRecorded: false,
});

/**
 * Hears the heartbeats of all agents. Not by the intake: orchestrators share its consumer, and an agent whose heartbeats went
 * to the others isn't silent.
 */
@Injectable()
export class AgentPulses implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pulses = new Map<string, Pulse>();
  private readonly order = new HeartbeatOrder();
  private stopListening = (): void => undefined;
  private lookedAtMs = performance.now();

  constructor(
    private readonly catalogue: CatalogueService,
    private readonly link: NatsLink,
    private readonly config: Configuration,
  ) {}

  onApplicationBootstrap(): void {
    this.lookedAtMs = performance.now();
    // Who was never heard, or before this start only, has as long as everybody else to be heard.
    for (const { id } of this.catalogue.agents()) this.pulses.set(id, beat(id, ASSUMED_INTERVAL_MS));
    this.stopListening = this.link.subscribe(everyAgentSubject(this.config.tenant, 'heartbeat'), (message) => this.hear(message));
  }

  beforeApplicationShutdown(): void {
    this.stopListening();
  }

  /** Agents of whom heartbeats are missing and nothing is recorded. */
  listSilent(): Pulse[] {
    const nowMs = performance.now();
    this.forgiveStandstill(nowMs);
    return [...this.pulses.values()].filter(
      ({ intervalMs, heardAtMs, isRecorded }) => !isRecorded && nowMs - heardAtMs >= HEARTBEATS_UNTIL_SILENT * intervalMs,
    );
  }

  /** Whether so many later ones were heard, whoever takes them in, that it was long on its way. */
  isLongOvertaken(agentId: string, heartbeat: HeartbeatPlace): boolean {
    return this.order.countLater(agentId, heartbeat) >= HEARTBEATS_UNTIL_SILENT;
  }

  /** What was said meanwhile waits to be heard. */
  private forgiveStandstill(nowMs: number): void {
    const gapMs = nowMs - this.lookedAtMs;
    this.lookedAtMs = nowMs;
    if (gapMs > LONGEST_LOOK_GAP_MS)
      for (const pulse of this.pulses.values()) pulse.heardAtMs = Math.min(nowMs, pulse.heardAtMs + gapMs);
  }

  private hear({ subject, data }: CoreMessage): void {
    const agentId = parseAgentSubject(subject)?.agentId;
    if (agentId === undefined || !this.pulses.has(agentId)) return;
    const heartbeat = readHeartbeat(data);
    if (heartbeat === undefined) return;
    if (this.isLongOvertaken(agentId, heartbeat)) return;
    this.order.note(agentId, heartbeat);
    this.pulses.set(agentId, beat(agentId, heartbeat.interval_ms));
  }
}

/** What is no heartbeat is buried by the intake, with its reason. */
function readHeartbeat(data: Uint8Array): Heartbeat | undefined {
  try {
    const heartbeat = validateHeartbeat(JSON.parse(new TextDecoder().decode(data)));
    return heartbeat.valid ? heartbeat.value : undefined;
  } catch {
    return undefined;
  }
}
