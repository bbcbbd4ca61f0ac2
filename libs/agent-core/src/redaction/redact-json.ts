import type { JsonObject, JsonValue } from '#libs/contracts';
import { isCardNumber } from './personal-patterns.ts';
import { redactionMarker } from './redaction-marker.ts';
import { redactText, type Redacted } from './redact-text.ts';
import { isSecretName } from './secret-patterns.ts';

const MAX_DEPTH = 16;
const MAX_VALUES = 5_000;
const MAX_KEY_CHARACTERS = 200;
const CUT = '[cut]';

/** Takes secrets and personal data out of a JSON value, names of members included; too deep and too many values are cut off. */
export function redactJson(value: JsonValue): Redacted<JsonValue> {
  const walk = { count: 0, values: 0 };
  return { value: redactValue(value, 0, walk), count: walk.count };
}

/** `redactJson` for an object, which stays one. */
export function redactJsonObject(value: JsonObject): Redacted<JsonObject> {
  const walk = { count: 0, values: 0 };
  return { value: redactObject(value, 0, walk), count: walk.count };
}

interface Walk {
  count: number;
  values: number;
}

function redactValue(value: JsonValue, depth: number, walk: Walk): JsonValue {
  walk.values += 1;
  if (walk.values > MAX_VALUES) return counted(walk, CUT);
  if (typeof value === 'string') return redactString(value, walk);
  if (typeof value === 'number') return isCardNumber(String(value)) ? counted(walk, redactionMarker('card')) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return counted(walk, CUT);
  return isList(value) ? redactList(value, depth, walk) : redactObject(value, depth, walk);
}

function redactList(list: readonly JsonValue[], depth: number, walk: Walk): JsonValue[] {
  const room = Math.max(0, MAX_VALUES - walk.values);
  const kept = list.slice(0, room).map((item) => redactValue(item, depth + 1, walk));
  return kept.length < list.length ? [...kept, counted(walk, CUT)] : kept;
}

/** The very same object where nothing has to be taken out, which is the rule. */
function redactObject(object: JsonObject, depth: number, walk: Walk): JsonObject {
  const before = walk.count;
  const members: Member[] = [];
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (value === undefined) continue;
    if (walk.values > MAX_VALUES) {
      members.push([CUT, counted(walk, CUT)]);
      break;
    }
    const safeName = redactName(name, walk);
    members.push([safeName, isSecretName(name) ? hide(value, walk) : redactValue(value, depth + 1, walk)]);
  }
  return walk.count === before ? object : composeObject(members);
}

type Member = readonly [name: string, value: JsonValue];

function redactName(name: string, walk: Walk): string {
  const kept = name.length > MAX_KEY_CHARACTERS ? counted(walk, name.slice(0, MAX_KEY_CHARACTERS)) : name;
  return redactString(kept, walk);
}

/** Two names may have become equal. */
function composeObject(members: readonly Member[]): JsonObject {
  const unique = new Map<string, JsonValue>();
  for (const [name, value] of members) unique.set(uniqueName(unique, name), value);
  return Object.fromEntries(unique);
}

/** A secret member goes as a whole; what says nothing (null, a boolean, an empty text) or is hidden already stays. */
function hide(value: JsonValue, walk: Walk): JsonValue {
  const hidden = redactionMarker('secret');
  if (value === null || typeof value === 'boolean' || value === '' || value === hidden) return value;
  return counted(walk, hidden);
}

function redactString(text: string, walk: Walk): string {
  const redacted = redactText(text);
  walk.count += redacted.count;
  return redacted.value;
}

function counted<T>(walk: Walk, value: T): T {
  walk.count += 1;
  return value;
}

function uniqueName(members: ReadonlyMap<string, JsonValue>, name: string): string {
  let unique = name;
  for (let n = 2; members.has(unique); n++) unique = `${name}~${n}`;
  return unique;
}

const isList = (value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] => Array.isArray(value);
