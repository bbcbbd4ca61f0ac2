import type { JsonObject } from '#libs/contracts';
import { readNumber, readObject, readObjects, readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';
import { CatalogueHistory } from './catalogue-history.ts';
import { type AskedCommand, readSighting, replayGuards, type Sighting } from './guard-replay.ts';
import { PolicyHistory } from './policy-history.ts';

/** `guard-breached`, of commands: whatever the guards said, the log itself shows that it was allowed. */
export function createGuardLaw(): Law {
  const catalogue = new CatalogueHistory();
  const policy = new PolicyHistory();
  const sightings = new Map<string, Sighting>();
  const decided = new Map<string, JsonObject>();
  /** What was looked at before a further attempt, by the stream of its fix. */
  const lookedAt = new Map<string, JsonObject>();

  /** What is undone has to be reachable, and may be touched at all. */
  function objectToUndo(service: JsonObject | undefined, data: JsonObject): string | undefined {
    if (service === undefined) return 'its target is not in the catalogue';
    if (readText(service, 'owner_agent') !== readText(data, 'agent_id')) return 'another agent owns its target';
    const isNeverTouched = policy.isNeverTouched(readText(data, 'target'), readText(data, 'strategy'));
    return isNeverTouched ? 'it must never be touched' : undefined;
  }

  function judge({ stream, position, data, recordedAtMs }: LogEvent): Violation[] {
    const isFirstAttempt = readNumber(data, 'attempt') === 1;
    const looked = isFirstAttempt ? decided.get(readText(data, 'decision_event_id')) : lookedAt.get(stream);
    const inputs = looked ?? {};
    const sighting = sightings.get(readText(readObject(inputs, 'evidence'), 'report_event_id'));
    const target = readText(data, 'target');
    const strategy = readText(data, 'strategy');
    const limit: AskedCommand['limit'] = (name) => policy.limit(name, target, strategy);
    const asked = { command: data, isFirstAttempt, inputs, sighting, limit };
    const isApproved = readObjects(data, 'approvals').length > 0;
    const wanted = { target, strategy, atMs: recordedAtMs, isApproved };
    const breaches = catalogue
      .findReadable(target, recordedAtMs)
      .map((service) =>
        readText(data, 'undoes') === ''
          ? (replayGuards(service, asked) ?? (service && policy.objectTo(service, wanted)))
          : objectToUndo(service, data),
      );
    const [breach] = breaches;
    if (breach === undefined || breaches.includes(undefined)) return [];
    const commandId = readText(data, 'command_id');
    return [violation('guard-breached', `${commandId}: ${breach}`, { positions: [position], ids: [commandId] })];
  }

  return {
    observe(event) {
      catalogue.observe(event);
      policy.observe(event);
      if (event.type === 'ErrorReported') sightings.set(event.id, readSighting(event.data));
      if (event.type === 'DecisionMade') decided.set(event.id, readObject(event.data, 'inputs'));
      if (event.type === 'FixGuarded') lookedAt.set(event.stream, readObject(event.data, 'inputs'));
      return event.type === 'FixCommanded' ? judge(event) : [];
    },
  };
}
