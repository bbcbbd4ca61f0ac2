export { canonicalJson, NotCanonicalError } from './canonical-json.ts';
export type { JsonObject, JsonValue } from './json.ts';
export { formatPosition, InvalidPositionError, parsePosition } from './position.ts';
export { type ErrorKind, ZantaraError, type ZantaraErrorOptions } from './zantara-error.ts';
