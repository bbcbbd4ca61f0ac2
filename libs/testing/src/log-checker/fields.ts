import type { JsonObject, JsonValue } from '#libs/contracts';

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member as text, empty where it is none: a law then finds that nothing fits it. */
export function readText(data: JsonObject, name: string): string {
  const value = data[name];
  return typeof value === 'string' ? value : '';
}

/** A member as a number, NaN where it is none: no comparison with it holds. */
export function readNumber(data: JsonObject, name: string): number {
  const value = data[name];
  return typeof value === 'number' ? value : Number.NaN;
}

export function readObject(data: JsonObject, name: string): JsonObject {
  const value = data[name];
  return isObject(value) ? value : {};
}

export function readObjects(data: JsonObject, name: string): JsonObject[] {
  const value = data[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function readTexts(data: JsonObject, name: string): string[] {
  const value = data[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** An object out of JSON text; `undefined` for anything else. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const parse: (json: string) => JsonValue = JSON.parse;
    const value = parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
