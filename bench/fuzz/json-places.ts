/** A value that may be changed in place: the members of an object, the items of a list. */
type Holder = Record<string, unknown> | unknown[];

/** One place in a JSON value. */
export interface Place {
  path: string;
  get(): unknown;
  set(value: unknown): void;
  remove(): void;
  /** What holds it, where it is an object. */
  owner: Record<string, unknown> | undefined;
}

const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null;

/** Every place below a value, parents before what they hold. */
export function listPlaces(root: object): Place[] {
  const places: Place[] = [];
  const walk = (holder: Holder, path: string): void => {
    for (const name of Object.keys(holder)) {
      const place = Array.isArray(holder)
        ? inList(holder, Number(name), `${path}/${name}`)
        : inObject(holder, name, `${path}/${name}`);
      places.push(place);
      const value = place.get();
      if (isHolder(value)) walk(value, place.path);
    }
  };
  if (isHolder(root)) walk(root, '');
  return places;
}

const inObject = (owner: Record<string, unknown>, name: string, path: string): Place => ({
  path,
  owner,
  get: () => owner[name],
  set: (value) => void (owner[name] = value),
  remove: () => void delete owner[name],
});

const inList = (list: unknown[], index: number, path: string): Place => ({
  path,
  owner: undefined,
  get: () => list[index],
  set: (value) => void (list[index] = value),
  remove: () => void list.splice(index, 1),
});
