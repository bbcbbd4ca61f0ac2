import type { Corpora } from './corpora.ts';
import { listPlaces, type Place } from './json-places.ts';
import type { Random } from '#libs/testing';

export interface Mutation {
  name: string;
  /** How often it is taken, against the others. */
  weight: number;
  /** Makes the body of a message from one that is good. */
  apply(good: object, random: Random, corpora: Corpora): Buffer;
}

/** Stands in a good message for raw text that JSON.stringify would not write. */
const MARK = '"@@raw@@"';

const write = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** Writes the message with raw bytes in one place of it. */
function writeWithRaw(message: object, place: Place | undefined, raw: Uint8Array): Buffer {
  place?.set(JSON.parse(MARK));
  const text = JSON.stringify(message);
  const at = text.indexOf(MARK);
  if (at === -1) return Buffer.from(raw);
  return Buffer.concat([Buffer.from(text.slice(0, at)), raw, Buffer.from(text.slice(at + MARK.length))]);
}

function changePlace(message: object, random: Random, change: (place: Place) => void): Buffer {
  change(random.pick(listPlaces(message)));
  return write(message);
}

const isOpen = ({ path }: Place): boolean => /\/(data|context|evidence)\/[^/]+$/.test(path);
/** A member that may hold anything, where the message has one. */
const pickOpenPlace = (message: object, random: Random): Place => {
  const places = listPlaces(message);
  const open = places.filter(isOpen);
  return random.pick(open.length > 0 ? open : places);
};

const WRONG: readonly unknown[] = [null, true, 0, -1, 1.5, 1e308, '', 'x', [], {}, [[]], [null], { a: 1 }, 2 ** 53];
const HUGE = [
  '1e400',
  '-1e400',
  '1e99999',
  '0.1e-99999',
  '-0',
  '9'.repeat(400),
  `0.${'0'.repeat(400)}1`,
  '123456789012345678901234567890',
];
const LANGUAGE = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__', 'valueOf', 'then'];

function mutateBytes(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length);
  const to = Math.min(bytes.length, at + 1 + random.below(16));
  switch (random.below(5)) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      return bytes;
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(8)), bytes.subarray(at)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
    default:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
  }
}

function nest(random: Random): Buffer {
  const depth = random.pick([15, 17, 99, 101, 500, 5_000, 50_000]);
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
  ] as const);
  return Buffer.from(`${open.repeat(depth)}0${close.repeat(depth)}`);
}

/** Repeats a member under its name with another value: the last one counts, or the first, as the parser has it. */
function repeatMember(message: object, random: Random): Buffer {
  const text = JSON.stringify(message);
  const [name = '"v"'] = random.pick([...text.matchAll(/"[a-z_]+"(?=:)/g)]);
  return Buffer.from(text.replace(/\{/, `{${name}:${JSON.stringify(random.pick(WRONG))},`));
}

/** A fault that nobody has seen before: its message has no part that stands for many. */
function makeFresh(message: object, random: Random): Buffer {
  const letters = Array.from({ length: 12 }, () => String.fromCharCode(97 + random.below(26))).join('');
  for (const place of listPlaces(message)) {
    if (/^\/items\/\d+\/error\/type$/.test(place.path)) place.set('js-error');
    if (/^\/items\/\d+\/error\/data$/.test(place.path))
      place.set({ message: `${letters} is not defined`, exception_type: 'ReferenceError' });
  }
  return write(message);
}

export const MUTATIONS: readonly Mutation[] = [
  { name: 'good', weight: 18, apply: (good) => write(good) },
  { name: 'fresh fault', weight: 4, apply: makeFresh },
  {
    name: 'naughty string',
    weight: 18,
    apply: (good, random, { strings }) => changePlace(good, random, (place) => place.set(random.pick(strings))),
  },
  {
    name: 'naughty member name',
    weight: 4,
    apply: (good, random, { strings }) => {
      const { owner } = random.pick(listPlaces(good).filter((place) => place.owner !== undefined));
      Object.defineProperty(owner, random.pick(strings), { value: random.pick(WRONG), enumerable: true });
      return write(good);
    },
  },
  { name: 'JSON corpus as body', weight: 5, apply: (_good, random, { json }) => Buffer.from(random.pick(json).bytes) },
  {
    name: 'JSON corpus as value',
    weight: 9,
    apply: (good, random, { json }) => writeWithRaw(good, pickOpenPlace(good, random), random.pick(json).bytes),
  },
  {
    name: 'wrong type',
    weight: 12,
    apply: (good, random) => changePlace(good, random, (place) => place.set(random.pick(WRONG))),
  },
  { name: 'missing member', weight: 5, apply: (good, random) => changePlace(good, random, (place) => place.remove()) },
  { name: 'changed bytes', weight: 14, apply: (good, random) => mutateBytes(write(good), random) },
  { name: 'random bytes', weight: 4, apply: (_good, random) => random.bytes(random.below(600)) },
  { name: 'empty body', weight: 1, apply: () => Buffer.alloc(0) },
  { name: 'deep nesting', weight: 2, apply: (good, random) => writeWithRaw(good, pickOpenPlace(good, random), nest(random)) },
  { name: 'repeated member', weight: 2, apply: repeatMember },
  {
    name: 'huge number',
    weight: 2,
    apply: (good, random) => writeWithRaw(good, random.pick(listPlaces(good)), Buffer.from(random.pick(HUGE))),
  },
  {
    name: 'member of the language',
    weight: 2,
    apply: (good, random) => {
      const member = `{"${random.pick(LANGUAGE)}":{"polluted":true,"length":1e9}}`;
      return writeWithRaw(good, pickOpenPlace(good, random), Buffer.from(member));
    },
  },
  {
    name: 'unknown version',
    weight: 2,
    apply: (good, random) => write({ ...good, v: random.pick([0, 2, -1, 1e9, '1', null, 1.5, [1]]) }),
  },
];
