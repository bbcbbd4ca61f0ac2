import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { LogEvent } from '#libs/contracts';
import { LogEventSchema } from '#libs/contracts/schemas';
import type { StoredEvent } from '#libs/event-store';
import { evolveAccess, NO_KEYS } from '../../src/access/access.ts';
import { createEntries, takeInEntry } from '../../src/catalogue/catalogue.decider.ts';
import { evolveServiceState, UNHEARD_OF } from '../../src/catalogue/service-state.ts';
import { evolveDecisionHistory, NOTHING_DECIDED } from '../../src/decisions/decision-history.ts';
import { evolveEscalation } from '../../src/escalations/escalation.ts';
import { evolveStops, NOTHING_STOPPED } from '../../src/healing/control/control.ts';
import { evolveFix } from '../../src/healing/saga/fix-saga.ts';
import { evolvePlace } from '../../src/healing/fleet/fleet-places.ts';
import { evolvePolicy, NO_POLICY } from '../../src/healing/policy/policy.ts';
import { evolveSlot, FREE_SLOT } from '../../src/healing/slots/slot.ts';
import { evolveStorms } from '../../src/healing/storm/storm.ts';
import { computeEvidence } from '../../src/incidents/evidence.ts';
import { evolveIncident, INITIAL_INCIDENT } from '../../src/incidents/incident.ts';
import { upcasters } from '../../src/platform/log/upcasters.ts';
import { projectPage } from '../../src/platform/projections/project-page.ts';
import { READ_MODELS } from '../../src/read-models.ts';
import { listFiles, readText } from '../repository/repository-files.ts';

const FOLDER = 'test/event-samples/';
/** Where an event carries its literal type: the declarations are the vocabulary. */
const DECLARED = /\btype: '([A-Z][A-Za-z]+)'/g;

const readJson = (path: string): unknown => JSON.parse(readText(path));

const listVocabulary = (): string[] =>
  listFiles('src', (path) => path.endsWith('.events.ts'))
    .flatMap((path) => [...readText(path).matchAll(DECLARED)].flatMap(([, type]) => type ?? []))
    .filter((type, index, all) => all.indexOf(type) === index)
    .sort();

const samples: { name: string; event: LogEvent }[] = listFiles(FOLDER.slice(0, -1), (path) => path.endsWith('.json')).map(
  (path) => ({
    name: path.slice(FOLDER.length, -'.json'.length),
    event: LogEventSchema.parse(readJson(path)),
  }),
);

/** As the event store hands it out: with its newest schema version. */
function load(event: LogEvent): StoredEvent {
  const { schemaVersion, data } = upcasters.upcast(event.type, event.schema_version, event.data);
  const { stream, version, type, metadata } = event;
  const recordedAt = new Date(event.recorded_at);
  return {
    id: event.event_id,
    position: Number(event.position),
    stream,
    version,
    type,
    schemaVersion,
    data,
    metadata: { actor: 'test', ...metadata },
    recordedAt,
  };
}

const find = (type: string): StoredEvent => {
  const sample = samples.find(({ event }) => event.type === type);
  if (sample === undefined) throw new Error(`no sample of ${type}`);
  return load(sample.event);
};

/** Samples are checked against their declared types below, so that they may be handed to the functions of the modules. */
const typed = <T>(event: StoredEvent): T => event as unknown as T;

const opened = evolveIncident(INITIAL_INCIDENT, typed(find('IncidentOpened')), { recordedAt: new Date(0), position: 1 });
const observed = evolveFix(undefined, typed(find('FixObserved')), new Date(0));
const raised = evolveEscalation(undefined, typed(find('EscalationRaised')));

/** Who folds the events of a stream, by the beginning of its name. */
const FOLDS: readonly (readonly [stream: RegExp, fold: (event: StoredEvent) => unknown])[] = [
  [/^catalogue$/, (event) => takeInEntry(createEntries(), typed(event))],
  [/^access$/, (event) => evolveAccess(NO_KEYS, typed(event))],
  [/^service-/, (event) => evolveServiceState(UNHEARD_OF, typed(event))],
  [/^incident-/, (event) => evolveIncident(opened, typed(event), event)],
  [/^decision-/, (event) => evolveDecisionHistory(NOTHING_DECIDED, typed(event))],
  [/^fix-/, (event) => evolveFix(observed, typed(event), event.recordedAt)],
  [/^escalation-/, (event) => evolveEscalation(raised, typed(event))],
  [/^slot-fleet\./, (event) => evolvePlace([], typed(event), event.recordedAt)],
  [/^control$/, (event) => evolveStops(NOTHING_STOPPED, typed(event))],
  [/^policy$/, (event) => evolvePolicy(NO_POLICY, typed(event))],
  [/^storm$/, (event) => evolveStorms(new Set(), typed(event))],
  [/^slot-/, (event) => evolveSlot(FREE_SLOT, typed(event), event.recordedAt)],
  [/^report-/, (event) => (event.type === 'ErrorReported' ? computeEvidence(typed(event)) : event.data)],
  [/^dead-letters$/, (event) => event.data],
];

describe('the stored samples of events', () => {
  it('there is one of every version of every event type that the modules declare', () => {
    const versions = listVocabulary().flatMap((type) =>
      Array.from({ length: upcasters.newestVersion(type) }, (_, index) => `${type}.v${index + 1}`),
    );
    expect(samples.map(({ name }) => name).sort()).toEqual(versions.sort());
  });

  it.each(samples)('$name is named after its type and schema version', ({ name, event }) => {
    expect(name).toBe(`${event.type}.v${event.schema_version}`);
  });

  it.each(samples)('$name has the fields that its type declares', ({ event }) => {
    const { type, schemaVersion, data } = load(event);
    const schema = { $ref: `urn:zantara:schema:events:1#/$defs/${type}.v${schemaVersion}` };
    const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
    ajv.addSchema(readJson('docs/reference/events.schema.json') as object);
    const isValid = ajv.compile(schema);
    expect([isValid(data), isValid.errors]).toEqual([true, null]);
  });

  it.each(samples)('$name still loads and is folded', ({ event }) => {
    const fold = FOLDS.find(([stream]) => stream.test(event.stream))?.[1];
    expect(fold?.(load(event))).toBeDefined();
  });

  it.each(samples)('$name still becomes rows of the read models', ({ event }) => {
    const events = [load(event)];
    for (const projection of READ_MODELS.filter(({ types }) => types.includes(event.type)))
      expect([projection.name, projectPage(projection, { events }, () => false).parked]).toEqual([projection.name, []]);
  });
});
