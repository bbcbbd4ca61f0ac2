import { Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { everyAgentSubject, type Heartbeat, parseAgentSubject } from '#libs/contracts';
import { validateHeartbeat } from '#libs/contracts/schemas';
import { type CoreMessage, NatsLink } from '#libs/messaging';
import { Configuration } from '../platform/config/configuration.ts';
import { CatalogueService } from './catalogue.service.ts';
import type { HeartbeatPlace } from './heartbeat-order.ts';

/** When one agent was last heard in this process. */
export interface Pulse {
  agentId: string;
  intervalMs: number;
  /** Of the latest one that was heard; none where none was. */
  latest?: HeartbeatPlace | undefined;
  /** By the monotonic clock of this process. */
  heardAtMs: number;
  /** The log says that this agent is silent. */
  isRecorded: boolean;
}

/** Until an agent has told its interval, in milliseconds. */
const ASSUMED_INTERVAL_MS = 10_000;

/** Who looks is to look every second. What lies between two looks beyond this was no silence: this process itself stood still. */
const LONGEST_LOOK_GAP_MS = 3_000;

const beat = (agentId: string, intervalMs: number, latest?: HeartbeatPlace): Pulse => ({
  agentId,
  intervalMs,
  latest,
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

  /** Agents of whom so many heartbeats are missing and nothing is recorded. */
  listSilent(missing: number): Pulse[] {
    const nowMs = performance.now();
    this.forgiveStandstill(nowMs);
    return [...this.pulses.values()].filter(
      ({ intervalMs, heardAtMs, isRecorded }) => !isRecorded && nowMs - heardAtMs >= missing * intervalMs,
    );
  }

  /** How many later ones of the same life of its agent were heard, whoever takes them in: what was long on its way says nothing of now. */
  countOvertaking(agentId: string, heartbeat: HeartbeatPlace): number {
    const latest = this.pulses.get(agentId)?.latest;
    return latest?.boot_id === heartbeat.boot_id ? Math.max(0, latest.sequence - heartbeat.sequence) : 0;
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
    const known = this.pulses.get(agentId)?.latest;
    const latest = known !== undefined && this.countOvertaking(agentId, heartbeat) > 0 ? known : heartbeat;
    this.pulses.set(agentId, beat(agentId, heartbeat.interval_ms, { boot_id: latest.boot_id, sequence: latest.sequence }));
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
