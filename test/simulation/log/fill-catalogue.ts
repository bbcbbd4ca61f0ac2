import { SAFE_LIMITS } from '../../../src/healing/policy/policy-settings.ts';
import { decidePolicy } from '../../../src/healing/policy/policy.decider.ts';
import { NO_POLICY } from '../../../src/healing/policy/policy.ts';
import type { CatalogueEvent } from '../../../src/catalogue/catalogue.events.ts';
import { Clock } from '../../../src/platform/clock.ts';
import { Log } from '../../../src/platform/log/log.ts';
import { logStreams } from '../../../src/platform/log/stream-names.ts';
import type { Plan } from '../plan.ts';
import type { DatabaseServer } from './database-server.ts';

/** In a fleet of few almost nothing may be done at once, and what is wrong with that is soon seen; so mostly more is allowed. */
const RAISED = {
  blast_radius_share: 1,
  storm_share: 1,
  max_actions_per_hour: 12,
  first_cool_down_ms: 2_000,
  longest_cool_down_ms: 8_000,
  max_returns_per_hour: 5,
};
/** Persons who don't answer mustn't make a run long. */
const APPROVAL_MS = 40_000;

/** What there is to heal, and what persons have set, as a log holds it after an earlier start. */
export async function fillCatalogue({ store, checkpoints, index }: DatabaseServer, plan: Plan): Promise<void> {
  const log = new Log(store, checkpoints, new Clock());
  const agents = plan.characters.map((_, number): CatalogueEvent => ({
    type: 'AgentRegistered',
    data: { id: `agent-${number}`, class: 'service' },
  }));
  const services = plan.services.map(({ id, agent, needs, autonomy }): CatalogueEvent => ({
    type: 'ServiceRegistered',
    data: {
      id,
      probe_url: `http://127.0.0.1:1/${id}`,
      probe_timeout_ms: 2_000,
      replicas: 1,
      single_replica: true,
      critical: false,
      depends_on: needs.map((number) => plan.services[number]?.id ?? ''),
      owner_agent: `agent-${agent}`,
      autonomy,
    },
  }));
  const settings = { ...(plan.hasRaisedLimits ? { ...SAFE_LIMITS, ...RAISED } : {}), approval_ttl_ms: APPROVAL_MS };
  const change = { type: 'ChangePolicy', scope: 'global', settings, source: 'catalogue', reason: 'a run' } as const;
  const common = { actor: 'catalogue', expected: 'none' } as const;
  const writes = [
    { stream: logStreams.catalogue, ...common, events: [...agents, ...services] },
    { stream: logStreams.policy, ...common, events: decidePolicy(NO_POLICY, change) },
  ];
  await log.append({ actor: 'catalogue', key: 'take-over:0', writes });
  index.catchUp();
}
