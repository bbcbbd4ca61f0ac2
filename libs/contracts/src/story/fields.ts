import type { JsonObject, JsonValue } from '../json.ts';
import { shorten } from './plain.ts';

/** Longer texts are cut in a sentence; -o json has them whole. */
const MAX_TEXT = 300;

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads an event's data without trusting it: what is missing or of another type is `undefined`, and texts are harmless. */
export class Fields {
  constructor(private readonly data: JsonObject) {}

  find(name: string): string | undefined {
    const value = this.data[name];
    if (typeof value === 'string') return shorten(value, MAX_TEXT);
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  }

  /** For what a sentence can't do without. */
  text(name: string): string {
    return this.find(name) ?? '?';
  }

  number(name: string): number | undefined {
    const value = this.data[name];
    return typeof value === 'number' ? value : undefined;
  }

  isTrue(name: string): boolean {
    return this.data[name] === true;
  }

  within(name: string): Fields {
    const value = this.data[name];
    return new Fields(isObject(value) ? value : {});
  }

  /** Every member that has a text form, with its name. */
  entries(): [name: string, text: string][] {
    return Object.keys(this.data).flatMap((name) => {
      const text = this.data[name] === null ? 'as in the wider scope' : this.find(name);
      return text === undefined ? [] : [[shorten(name, MAX_TEXT), text] as [string, string]];
    });
  }

  list(name: string): Fields[] {
    const value = this.data[name];
    return Array.isArray(value) ? value.filter(isObject).map((item) => new Fields(item)) : [];
  }

  texts(name: string): string[] {
    const value = this.data[name];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string').map((item) => shorten(item, MAX_TEXT)) : [];
  }
}
