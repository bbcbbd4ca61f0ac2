import type { JsonObject } from '#libs/contracts';
import { readNumber, readObject, readObjects, readText, readTexts } from '../fields.ts';

/** What a stored report says of who saw what. */
export interface Sighting {
  readonly agentId: string;
  readonly agentClass: string;
  readonly observedAtMs: number;
  readonly hasPersisted: boolean;
}

/** Everything that a command is judged by. */
export interface AskedCommand {
  readonly command: JsonObject;
  readonly isFirstAttempt: boolean;
  /** What was looked at, as stored with the words of the guards; empty where nothing is. */
  readonly inputs: JsonObject;
  /** The stored report that the evidence names. */
  readonly sighting: Sighting | undefined;
}

const MAX_EVIDENCE_AGE_MS = 60_000;
const FAILURES_THAT_PERSIST = 2;

export function readSighting(data: JsonObject): Sighting {
  const found = readObject(readObject(data, 'error'), 'data');
  return {
    agentId: readText(data, 'agent_id'),
    agentClass: readText(data, 'agent_class'),
    observedAtMs: Date.parse(readText(data, 'observed_at')),
    hasPersisted: readText(found, 'reason') === 'exited' || readNumber(found, 'consecutive_failures') >= FAILURES_THAT_PERSIST,
  };
}

/** Why a command must not have gone out while the catalogue said this of its target; `undefined` when it may. */
export function replayGuards(service: JsonObject | undefined, asked: AskedCommand): string | undefined {
  if (service === undefined) return 'its target is not in the catalogue';
  const owner = readText(service, 'owner_agent');
  if (owner !== readText(asked.command, 'agent_id')) return `${owner} owns its target`;
  if (service['single_replica'] !== true) return 'nobody knows that another replica is healthy';
  if (readText(service, 'autonomy') !== 'auto') return `the autonomy of its target is ${readText(service, 'autonomy')}`;
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

function objectToEvidence(owner: string, { inputs, sighting }: AskedCommand): string | undefined {
  if (sighting === undefined) return 'the report that its evidence names is not stored before it';
  const witness = readText(readObject(inputs, 'evidence'), 'agent_id');
  if (witness !== owner) return `its evidence is the word of ${witness}, and not of ${owner}`;
  if (sighting.agentId !== witness) return `the report that its evidence names is of ${sighting.agentId}`;
  if (sighting.agentClass !== 'service') return `its evidence comes from a ${sighting.agentClass}`;
  if (!sighting.hasPersisted) return 'its symptom had not persisted';
  return readNumber(inputs, 'now_ms') - sighting.observedAtMs <= MAX_EVIDENCE_AGE_MS ? undefined : 'its evidence was stale';
}
