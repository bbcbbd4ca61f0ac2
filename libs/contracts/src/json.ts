/** A value that JSON can hold. `undefined` members are allowed in objects and dropped when written, as JSON.stringify does. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}
