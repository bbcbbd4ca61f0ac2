import type { JsonValue } from '#libs/contracts';

/** So deep may lists and objects lie in each other: whatever walks an event, here or in a reader, calls itself that often at most. */
export const MAX_JSON_DEPTH = 100;

/** Whether a value nests deeper than the log takes. */
export function isTooDeep(value: JsonValue, room = MAX_JSON_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return room === 0 || Object.values(value).some((member) => member !== undefined && isTooDeep(member, room - 1));
}
