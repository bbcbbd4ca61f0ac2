import { countUtf8Bytes, type JsonObject, type JsonValue } from '#libs/contracts';
import { ReportInvalidError, ReportTooLargeError } from '../agent-core.errors.ts';

/** As deep as the log takes it. What refers to itself ends here, too. */
const MAX_DEPTH = 100;

interface Copying {
  readonly maxBytes: number;
  bytes: number;
}

/**
 * Copies what a host handed in as JSON. Members that are undefined are left out, as JSON.stringify does; everything else that
 * JSON has no form for is refused by its path. Stops as soon as the limit is passed, so that a huge value costs no more.
 *
 * @throws ReportInvalidError | ReportTooLargeError, also for getters and proxies that throw
 */
export function copyJsonObject(value: unknown, maxBytes: number): JsonObject {
  try {
    const copy = copyValue(value, '', 0, { maxBytes, bytes: 0 });
    if (isObject(copy)) return copy;
  } catch (error) {
    if (error instanceof ReportInvalidError || error instanceof ReportTooLargeError) throw error;
    throw new ReportInvalidError('it can not be read', error);
  }
  throw new ReportInvalidError('it is no object');
}

function copyValue(value: unknown, path: string, depth: number, copying: Copying): JsonValue {
  if (typeof value === 'string') return copyText(value, copying);
  if (value === null || typeof value === 'boolean') return spend(copying, 4, value);
  if (typeof value === 'number' && Number.isFinite(value)) return spend(copying, String(value).length, value);
  if (depth >= MAX_DEPTH) throw new ReportInvalidError(`${path.slice(0, 100)}… nests too deep`);
  if (Array.isArray(value)) {
    spend(copying, value.length, value);
    const items: readonly unknown[] = value;
    return Array.from(items, (item, index) => copyValue(item ?? null, `${path}/${index}`, depth + 1, copying));
  }
  if (isPlain(value)) return copyMembers(value, path, depth, copying);
  throw new ReportInvalidError(`${path === '' ? 'the report' : path} is ${describe(value)}, for which JSON has no form`);
}

function copyMembers(object: object, path: string, depth: number, copying: Copying): JsonObject {
  const members: [string, JsonValue][] = [];
  for (const [name, value] of Object.entries(object) as [string, unknown][]) {
    if (value === undefined) continue;
    spend(copying, 2, undefined);
    members.push([copyText(name, copying), copyValue(value, `${path}/${name.slice(0, 50)}`, depth + 1, copying)]);
  }
  return Object.fromEntries(members);
}

function copyText(text: string, copying: Copying): string {
  if (text.length > copying.maxBytes - copying.bytes) throw new ReportTooLargeError(copying.maxBytes);
  return spend(copying, countUtf8Bytes(JSON.stringify(text)), text);
}

function spend<T>(copying: Copying, bytes: number, value: T): T {
  copying.bytes += bytes;
  if (copying.bytes > copying.maxBytes) throw new ReportTooLargeError(copying.maxBytes);
  return value;
}

/** By its tag, which is the same for an object that another realm made. */
const isPlain = (value: unknown): value is object => Object.prototype.toString.call(value) === '[object Object]';

const isObject = (value: JsonValue): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

const describe = (value: unknown): string =>
  typeof value === 'object' ? Object.prototype.toString.call(value).slice('[object '.length, -1) : `a ${typeof value}`;
