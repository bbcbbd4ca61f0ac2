import type { JsonObject } from '#libs/contracts';
import { readNumber, readObject, readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';
import { CatalogueHistory } from './catalogue-history.ts';
import { replayGuards, readSighting, type Sighting } from './guard-replay.ts';

/** `guard-breached`, of commands: whatever the guards said, the log itself shows that it was allowed. */
export function createGuardLaw(): Law {
  const catalogue = new CatalogueHistory();
  const sightings = new Map<string, Sighting>();
  const decided = new Map<string, JsonObject>();
  /** What was looked at before a further attempt, by the stream of its fix. */
  const lookedAt = new Map<string, JsonObject>();

  function judge({ stream, position, data, recordedAtMs }: LogEvent): Violation[] {
    const isFirstAttempt = readNumber(data, 'attempt') === 1;
    const looked = isFirstAttempt ? decided.get(readText(data, 'decision_event_id')) : lookedAt.get(stream);
    const inputs = looked ?? {};
    const sighting = sightings.get(readText(readObject(inputs, 'evidence'), 'report_event_id'));
    const asked = { command: data, isFirstAttempt, inputs, sighting };
    const breaches = catalogue
      .findReadable(readText(data, 'target'), recordedAtMs)
      .map((service) => replayGuards(service, asked));
    const [breach] = breaches;
    if (breach === undefined || breaches.includes(undefined)) return [];
    const commandId = readText(data, 'command_id');
    return [violation('guard-breached', `${commandId}: ${breach}`, { positions: [position], ids: [commandId] })];
  }

  return {
    observe(event) {
      catalogue.observe(event);
      if (event.type === 'ErrorReported') sightings.set(event.id, readSighting(event.data));
      if (event.type === 'DecisionMade') decided.set(event.id, readObject(event.data, 'inputs'));
      if (event.type === 'FixGuarded') lookedAt.set(event.stream, readObject(event.data, 'inputs'));
      return event.type === 'FixCommanded' ? judge(event) : [];
    },
  };
}
