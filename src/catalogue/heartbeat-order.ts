import type { Heartbeat } from '#libs/contracts';

/** Which heartbeat it is of which life of its agent. */
export type HeartbeatPlace = Pick<Heartbeat, 'boot_id' | 'sequence'>;

/** Which heartbeat of each agent is the latest that was taken in. NATS keeps their order; what lies between may not. */
export class HeartbeatOrder {
  private readonly latest = new Map<string, HeartbeatPlace>();

  /** Whether a later one of the same life of the agent was taken in before it: then it says nothing of now. */
  isOvertaken(agentId: string, { boot_id: bootId, sequence }: HeartbeatPlace): boolean {
    const latest = this.latest.get(agentId);
    return latest !== undefined && latest.boot_id === bootId && latest.sequence > sequence;
  }

  /** Once all that it says is stored: it comes again until then. */
  note(agentId: string, { boot_id, sequence }: HeartbeatPlace): void {
    this.latest.set(agentId, { boot_id, sequence });
  }
}
