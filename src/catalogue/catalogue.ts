import type { AgentClass } from '#libs/contracts';
import type { ServiceEntry } from './catalogue.events.ts';

/** A service as the other modules see it: what may be healed, by whom, and how it is probed. */
export interface CatalogueEntry {
  id: string;
  probeUrl: string;
  probeTimeoutMs: number;
  replicas: number;
  singleReplica: boolean;
  critical: boolean;
  dependsOn: readonly string[];
  ownerAgent: string;
  autonomy: 'off' | 'shadow' | 'ask' | 'auto';
}

export interface CatalogueAgent {
  id: string;
  agentClass: AgentClass;
}

export const toCatalogueEntry = (entry: ServiceEntry): CatalogueEntry => ({
  id: entry.id,
  probeUrl: entry.probe_url,
  probeTimeoutMs: entry.probe_timeout_ms,
  replicas: entry.replicas,
  singleReplica: entry.single_replica,
  critical: entry.critical,
  dependsOn: entry.depends_on,
  ownerAgent: entry.owner_agent,
  autonomy: entry.autonomy,
});
