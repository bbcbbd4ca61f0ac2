type Kind = 'string' | 'number' | 'boolean' | 'object' | 'array' | 'string?' | 'number?';

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether every named member is there and of its kind; `?` allows null. What else there is doesn't matter. */
export const hasShape = <K extends string>(value: unknown, shape: Readonly<Record<K, Kind>>): value is Record<K, unknown> =>
  isRecord(value) && Object.entries<Kind>(shape).every(([name, kind]) => isOfKind(value[name], kind));

function isOfKind(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value);
    case 'string?':
      return value === null || typeof value === 'string';
    case 'number?':
      return value === null || typeof value === 'number';
    default:
      return typeof value === kind;
  }
}

export const isListOf = <T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.every((item) => isItem(item));
