import type { OutboxItem } from '#libs/agent-core';
import type { AgentLedger, LogEvidence } from '#libs/testing';

type Effect = LogEvidence['ledgers'][number]['effects'][number];

/** What an agent did and said, written by the world and not by the agent: no crash takes anything from it. */
export class SimLedger {
  readonly effects: Effect[] = [];
  /** Those of which a receipt came. */
  readonly receipted = new Set<string>();
  private readonly reports = new Set<string>();

  constructor(private readonly agentId: string) {}

  /** Something is on the agent's disk. */
  noteStored({ kind, id }: OutboxItem): void {
    if (kind === 'report') this.reports.add(id);
  }

  get evidence(): AgentLedger {
    const reports = [...this.reports].map((reportId) => ({ reportId, receipted: this.receipted.has(reportId) }));
    return { agentId: this.agentId, reports, effects: this.effects };
  }
}
