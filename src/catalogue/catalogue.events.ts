import type { AgentClass } from '#libs/contracts';

/** A service as configured: what may be healed, by whom, and how it is probed. */
export type ServiceEntry = {
  id: string;
  probe_url: string;
  probe_timeout_ms: number;
  replicas: number;
  single_replica: boolean;
  critical: boolean;
  depends_on: readonly string[];
  owner_agent: string;
  autonomy: 'off' | 'shadow' | 'ask' | 'auto';
};

export type AgentEntry = {
  id: string;
  class: AgentClass;
};

/** Stream `catalogue`: configuration kept as events, so that the past can be asked what it knew. */
export type CatalogueEvent =
  | { type: 'ServiceRegistered'; data: ServiceEntry }
  | { type: 'ServiceChanged'; data: ServiceEntry }
  | { type: 'ServiceRetired'; data: { id: string } }
  | { type: 'AgentRegistered'; data: AgentEntry }
  | { type: 'AgentChanged'; data: AgentEntry }
  | { type: 'AgentRetired'; data: { id: string } };
