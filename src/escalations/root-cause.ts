/** What makes somebody look. */
export type Trigger =
  | { type: 'incident'; incidentId: string; service: string; symptom: string; reasonCode: string }
  | { type: 'silence'; agentId: string; service: string; reasonCode: string }
  | { type: 'storm'; symptom: string; failingTargets: number; allTargets: number };

export const serviceRoot = (id: string): string => `service:${id}`;
export const agentRoot = (id: string): string => `agent:${id}`;
export const stormRoot = (symptom: string): string => `storm:${symptom}`;

/** What a root is the root of: a service, an agent, a symptom. */
export const nameOfRoot = (root: string): string => root.slice(root.indexOf(':') + 1);

/** A root as it stands in the name of its stream and in ids. Kinds have no hyphen, so that no two roots are one. */
export const keyOfRoot = (root: string): string => root.replace(':', '-');

/** Which time its root cause was found, from its id. */
export const episodeOfEscalation = (escalationId: string): number =>
  Number(escalationId.slice(escalationId.lastIndexOf('-') + 1));

/** The root's part of an escalation id, which is `<key>-<episode>`. */
export const keyOfEscalation = (escalationId: string): string =>
  escalationId.slice(0, Math.max(0, escalationId.lastIndexOf('-')));

/** What the catalogue says: what a service needs, and who answers for it. */
export interface Dependencies {
  dependsOn(service: string): readonly string[];
  ownerOf(service: string): string | undefined;
}

/** All that a service needs, directly and through others, the nearest first. */
export function listNeeded(service: string, { dependsOn }: Pick<Dependencies, 'dependsOn'>): string[] {
  const found = new Set([service]);
  // A set is walked in the order in which things came into it, also those that come in meanwhile.
  for (const id of found) for (const needed of dependsOn(id)) found.add(needed);
  return [...found].slice(1);
}

/**
 * The roots that may already stand for it, the one that counts most first: a storm of the symptom, the service, its agent, and
 * the same of all that the service needs.
 */
export function listCandidateRoots(trigger: Trigger, dependencies: Dependencies): string[] {
  if (trigger.type === 'storm') return [stormRoot(trigger.symptom)];
  if (trigger.type === 'silence') return [agentRoot(trigger.agentId)];
  const { service, symptom } = trigger;
  const rootsOf = (id: string): string[] => {
    const owner = dependencies.ownerOf(id);
    return [serviceRoot(id), ...(owner === undefined ? [] : [agentRoot(owner)])];
  };
  return [...new Set([stormRoot(symptom), ...[service, ...listNeeded(service, dependencies)].flatMap(rootsOf)])];
}

/** An escalation that is open, and the incidents that are in it. */
export interface OpenEscalation {
  root: string;
  incidentIds: readonly string[];
}

/**
 * The root that it belongs to: where it already is; else the first candidate that is open; else the service at the end of the
 * chain of those that fail and need each other, which no one else is to blame for.
 *
 * @param open in the order of the candidates
 * @param failing services with an incident that isn't over
 */
export function chooseRoot(
  trigger: Trigger,
  open: readonly OpenEscalation[],
  failing: ReadonlySet<string>,
  dependencies: Dependencies,
): string {
  if (trigger.type === 'storm') return stormRoot(trigger.symptom);
  if (trigger.type === 'silence') return agentRoot(trigger.agentId);
  const { incidentId, service } = trigger;
  const taken = open.find(({ incidentIds }) => incidentIds.includes(incidentId)) ?? open[0];
  return taken?.root ?? serviceRoot(findCulprit(service, failing, dependencies));
}

function findCulprit(service: string, failing: ReadonlySet<string>, dependencies: Dependencies): string {
  let culprit = service;
  for (const seen = new Set([service]); ;) {
    const needed = listNeeded(culprit, dependencies).find((id) => failing.has(id) && !seen.has(id));
    if (needed === undefined) return culprit;
    seen.add(needed);
    culprit = needed;
  }
}
