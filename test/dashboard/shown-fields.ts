import { type JsonObject, type JsonValue, type LogEvent, Narrator, type TimelineEntry } from '#libs/contracts';
import { listFiles, readText } from '../repository/repository-files.ts';

/** Where in an event a text stands. */
export type Path = readonly (string | number)[];

/** An event with the places in it whose texts the page shows all at once: what others say may hide a field. */
export interface Shape {
  event: TimelineEntry;
  shown: readonly Path[];
}

const HEALTH = { type: 'health', severity: 'critical' };
const GUARDS = [{ guard: 'g', verdict: 'deny', reason_code: 'r' }];

/** Of a type that the page doesn't know, as this one is filled in too. */
const BESIDE: readonly Path[] = [['type'], ['metadata', 'actor'], ['caused_by']];

/** What events of the same type say besides what their samples say. */
const VARIANTS: readonly [type: string, data: JsonObject][] = [
  ['ErrorReported', { error: { type: 'network', severity: 'high', data: { status: 's', method: 'm', url: 'u', message: 't' } } }],
  ['ErrorReported', { error: { ...HEALTH, data: { reason: 'failing', consecutive_failures: 3, message: 't' } } }],
  ['ErrorReported', { error: { ...HEALTH, data: { reason: 'exited', exit_code: 1 } } }],
  [
    'DecisionMade',
    {
      verdict: 'deny',
      guards: GUARDS,
      candidates: [{ strategy: 's', allowed: false, reason_code: 'r' }],
      inputs: { dependencies: [{ id: 'b', state: 's', probe: { ok: false, reason_code: 'r' } }] },
    },
  ],
  ['FixGuarded', { guards: GUARDS }],
  ['FixExecuted', { evidence: { started_pid: 7 } }],
  ['FixAttemptFailed', { evidence: { last_log_lines_after: ['a', 'b'] } }],
  ['TimerSet', { reason_code: 'r' }],
  ['ProbeObserved', { ok: false }],
  ['VerdictReached', { verdict: 'recurred' }],
  ['ServiceStateChanged', { reason_code: 'heartbeats-missing' }],
];

const readSamples = (): TimelineEntry[] =>
  listFiles('test/event-samples', (path) => path.endsWith('.json')).map((path) => ({
    ...(JSON.parse(readText(path)) as LogEvent),
    since_opened_ms: 0,
    since_previous_ms: 0,
    caused_by: null,
  }));

/** Every kind of event with the fields that the page shows of it, found by trying each. */
export function listShapes(): Shape[] {
  const samples = readSamples();
  const variants = VARIANTS.flatMap(([type, data]) =>
    samples.filter((sample) => sample.type === type).map((sample) => ({ ...sample, data: { ...sample.data, ...data } })),
  );
  return [
    ...[...samples, ...variants].flatMap((event) => shapesOf(event, listLeaves(event.data, ['data']))),
    // What stands beside the sentence, whatever it says.
    ...samples.slice(0, 1).map((event) => ({ event: { ...event, data: {} }, shown: BESIDE })),
  ];
}

/** As few shapes as it takes to show each field that can be shown. */
function shapesOf(event: TimelineEntry, leaves: readonly Path[]): Shape[] {
  const showing = leaves.filter((leaf) => showsAll(event, [leaf]));
  const together: Path[] = [];
  // From the inside out: what comes first often says which of the others are told.
  for (const leaf of showing.toReversed()) if (showsAll(event, [...together, leaf])) together.push(leaf);
  if (together.length === 0) return [];
  const others = showing.filter((leaf) => !together.includes(leaf));
  return [{ event, shown: together }, ...others.map((leaf) => ({ event, shown: [leaf] }))];
}

function showsAll(event: TimelineEntry, paths: readonly Path[]): boolean {
  const marks = paths.map((_, index) => `mark${index}x`);
  const { text, details } = new Narrator().tell(fill(event, paths, marks)).sentence;
  const told = [text, ...details].join();
  return marks.every((mark) => told.includes(mark));
}

function listLeaves(value: JsonValue | undefined, path: Path): Path[] {
  if (value === null || typeof value !== 'object') return [path];
  if (Array.isArray(value)) return value.flatMap((item: JsonValue, index) => listLeaves(item, [...path, index]));
  return Object.entries(value).flatMap(([name, member]) => listLeaves(member, [...path, name]));
}

/** The event with these texts in these places. */
export const fill = (event: TimelineEntry, paths: readonly Path[], texts: readonly string[]): TimelineEntry => {
  const filled = structuredClone(event);
  for (const [index, path] of paths.entries()) put(filled, path, texts[index] ?? '');
  return filled;
};

function put(into: object, [name, ...rest]: Path, text: string): void {
  if (name === undefined) return;
  const member: unknown = Reflect.get(into, name);
  if (rest.length === 0) Reflect.set(into, name, text);
  else if (typeof member === 'object' && member !== null) put(member, rest, text);
}
