export interface Load {
  readonly events: number;
  readonly bytes: number;
}

/** Puts what comes into groups that stay within a limit; a larger item goes alone. An item is asked for only when its group is next. */
export function* toGroups<T extends Load>(items: Iterable<T>, limit: Load): Generator<T[]> {
  let group: T[] = [];
  let room = limit;
  for (const item of items) {
    if (group.length > 0 && (item.events > room.events || item.bytes > room.bytes)) {
      yield group;
      [group, room] = [[], limit];
    }
    group.push(item);
    room = { events: room.events - item.events, bytes: room.bytes - item.bytes };
  }
  if (group.length > 0) yield group;
}
