import type { EscalatedIncident } from '#libs/contracts';
import type { StrategyRegistry } from '#libs/fix-strategies';
import type { Escalation } from '../escalation.ts';

/** More commands than these nobody reads. */
const MAX_SHOWN = 3;

const WHY = '--reason "…"';

/** Healing that a person has stopped, and no other reason, is what keeps it from being tried. */
const isHeldByPerson = ({ reason_code, objections }: EscalatedIncident): boolean =>
  [reason_code, ...objections.map((objection) => objection.reason_code)].some((code) => code.endsWith('healing-is-stopped'));

/** What to type next, what fits best first: look, hold what makes it worse, take back what was done, let it go on. */
export function listNextCommands(
  { kind, services }: Escalation,
  incidents: readonly EscalatedIncident[],
  registry: StrategyRegistry,
): string[] {
  const shows = incidents.slice(0, MAX_SHOWN).map(({ incident_id: id }) => `zantara incidents show ${id}`);
  const looks: Record<typeof kind, string[]> = {
    service: shows,
    agent: ['zantara services', 'zantara agents', ...shows],
    storm: ['zantara incidents list --state open', ...shows],
  };
  const held = services.slice(0, MAX_SHOWN);
  const resumed = incidents.filter(isHeldByPerson).map(({ service }) => `zantara resume --service ${service} ${WHY}`);
  const stops = resumed.length > 0 ? resumed : held.map((service) => `zantara stop --service ${service} ${WHY}`);
  const undos = incidents.flatMap((incident) => listUndos(incident, registry)).slice(0, MAX_SHOWN);
  return [...new Set([...looks[kind], ...undos, ...stops.slice(0, MAX_SHOWN)])];
}

/** What left something behind can be taken back, once. */
const listUndos = ({ tried }: EscalatedIncident, registry: StrategyRegistry): string[] =>
  tried
    .filter(({ strategy, undo }) => undo === 'not-begun' && registry.find(strategy)?.facts.reversal === 'inverse')
    .map(({ fix_id: fixId }) => `zantara undo ${fixId} ${WHY}`);
