import { countUtf8Bytes, type JsonObject, type JsonValue } from '#libs/contracts';

const FIRST_TEXT_CHARACTERS = 16_384;
const FIRST_MEMBERS = 4_096;
const CUT = '[cut]';

interface Room {
  readonly characters: number;
  readonly members: number;
}

/**
 * Shortens what an agent says by itself until one message can carry it: the end of lists and the beginning of texts stay, as
 * lists are log lines. What fits comes back as it is.
 */
export function shortenJson(value: JsonObject, maxBytes: number): JsonObject {
  let shortened = value;
  let room: Room = { characters: FIRST_TEXT_CHARACTERS, members: FIRST_MEMBERS };
  while (countUtf8Bytes(JSON.stringify(shortened)) > maxBytes && room.members > 0) {
    shortened = shortenObject(value, room);
    room = { characters: Math.floor(room.characters / 2), members: Math.floor(room.members / 2) };
  }
  return shortened;
}

function shorten(value: JsonValue | undefined, room: Room): JsonValue | undefined {
  if (typeof value === 'string') return shortenText(value, room.characters);
  if (typeof value !== 'object' || value === null) return value;
  return isList(value) ? value.slice(-room.members).map((item) => shorten(item, room) ?? null) : shortenObject(value, room);
}

const shortenObject = (object: JsonObject, room: Room): JsonObject =>
  Object.fromEntries(
    Object.entries(object)
      .slice(0, room.members)
      .map(([name, member]) => [name, shorten(member, room)]),
  );

function shortenText(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const last = text.charCodeAt(characters - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? characters - 1 : characters) + CUT;
}

const isList = (value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] => Array.isArray(value);
