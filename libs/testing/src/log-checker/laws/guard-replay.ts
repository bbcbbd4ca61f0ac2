import type { JsonObject } from '#libs/contracts';
import { readNumber, readObject, readObjects, readText, readTexts } from '../fields.ts';
import type { LimitName } from './policy-history.ts';

/** What a stored report says of who saw what. */
export interface Sighting {
  readonly agentId: string;
  readonly agentClass: string;
  readonly observedAtMs: number;
  readonly exited: boolean;
  readonly failedChecks: number;
}

/** Everything that a command is judged by. */
export interface AskedCommand {
  readonly command: JsonObject;
  readonly isFirstAttempt: boolean;
  /** What was looked at, as stored with the words of the guards; empty where nothing is. */
  readonly inputs: JsonObject;
  /** The stored report that the evidence names. */
  readonly sighting: Sighting | undefined;
  /** What was set when it was commanded. */
  readonly limit: (name: LimitName) => number;
}

export function readSighting(data: JsonObject): Sighting {
  const found = readObject(readObject(data, 'error'), 'data');
  return {
    agentId: readText(data, 'agent_id'),
    agentClass: readText(data, 'agent_class'),
    observedAtMs: Date.parse(readText(data, 'observed_at')),
    exited: readText(found, 'reason') === 'exited',
    failedChecks: readNumber(found, 'consecutive_failures'),
  };
}

/** Why a command must not have gone out while the catalogue said this of its target; `undefined` when it may. */
export function replayGuards(service: JsonObject | undefined, asked: AskedCommand): string | undefined {
  if (service === undefined) return 'its target is not in the catalogue';
  const owner = readText(service, 'owner_agent');
  if (owner !== readText(asked.command, 'agent_id')) return `${owner} owns its target`;
  if (service['single_replica'] !== true) return 'nobody knows that another replica is healthy';
  const needed = findUnproved(readTexts(service, 'depends_on'), asked.inputs);
  if (needed !== undefined) return `${needed}, which its target needs, was not found to be up`;
  return asked.isFirstAttempt ? objectToEvidence(owner, asked) : undefined;
}

/** A dependency is up when its agent says so and our own probe did. */
function findUnproved(dependsOn: readonly string[], inputs: JsonObject): string | undefined {
  const looks = new Map(readObjects(inputs, 'dependencies').map((look) => [readText(look, 'id'), look]));
  return dependsOn.find((id) => {
    const look = looks.get(id) ?? {};
    return readText(look, 'state') !== 'healthy' || readObject(look, 'probe')['ok'] !== true;
  });
}

function objectToEvidence(owner: string, { inputs, sighting, limit }: AskedCommand): string | undefined {
  if (sighting === undefined) return 'the report that its evidence names is not stored before it';
  const witness = readText(readObject(inputs, 'evidence'), 'agent_id');
  if (witness !== owner) return `its evidence is the word of ${witness}, and not of ${owner}`;
  if (sighting.agentId !== witness) return `the report that its evidence names is of ${sighting.agentId}`;
  if (sighting.agentClass !== 'service') return `its evidence comes from a ${sighting.agentClass}`;
  if (!sighting.exited && !(sighting.failedChecks >= limit('min_failed_checks'))) return 'its symptom had not persisted';
  const isFresh = readNumber(inputs, 'now_ms') - sighting.observedAtMs <= limit('max_evidence_age_ms');
  // What is old is looked at again: only a probe of our own that failed speaks for it.
  return isFresh || readObject(inputs, 'probe')['ok'] === false ? undefined : 'its evidence was stale';
}
