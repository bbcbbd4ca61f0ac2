import type { AgentClass } from '#libs/contracts';
import type { CatalogueEvent, ServiceEntry } from './catalogue.events.ts';

export interface CatalogueService {
  id: string;
  probeUrl: string;
  probeTimeoutMs: number;
  replicas: number;
  singleReplica: boolean;
  critical: boolean;
  dependsOn: readonly string[];
  ownerAgent: string | undefined;
  autonomy: 'off' | 'shadow' | 'ask' | 'auto';
}

export interface CatalogueAgent {
  id: string;
  agentClass: AgentClass;
}

export interface Catalogue {
  services: ReadonlyMap<string, CatalogueService>;
  agents: ReadonlyMap<string, CatalogueAgent>;
}

export const EMPTY_CATALOGUE: Catalogue = { services: new Map(), agents: new Map() };

/** Folds one event of the catalogue stream. */
export function evolveCatalogue(catalogue: Catalogue, event: CatalogueEvent): Catalogue {
  switch (event.type) {
    case 'ServiceRegistered':
    case 'ServiceChanged':
      return { ...catalogue, services: new Map(catalogue.services).set(event.data.id, toService(event.data)) };
    case 'ServiceRetired':
      return { ...catalogue, services: without(catalogue.services, event.data.id) };
    case 'AgentRegistered':
    case 'AgentChanged':
      return {
        ...catalogue,
        agents: new Map(catalogue.agents).set(event.data.id, { id: event.data.id, agentClass: event.data.class }),
      };
    case 'AgentRetired':
      return { ...catalogue, agents: without(catalogue.agents, event.data.id) };
  }
}

const toService = (entry: ServiceEntry): CatalogueService => ({
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

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
