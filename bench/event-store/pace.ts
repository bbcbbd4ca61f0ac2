/** So many clients at once, each with one append after the other. */
export interface Load {
  clients: number;
  eventsPerAppend: number;
}

export interface Work extends Load {
  append: (client: number) => Promise<void>;
}

export interface Pace {
  eventsPerSecond: number;
  /** Of one append, in milliseconds. */
  p50Ms: number;
  p99Ms: number;
}

export const isPace = (value: unknown): value is Pace =>
  typeof value === 'object' && value !== null && 'eventsPerSecond' in value && 'p50Ms' in value && 'p99Ms' in value;

/** For so long, or so many appends. */
export interface Extent {
  seconds?: number;
  appends?: number;
}

/** Lets the clients append to that extent, and waits for what is under way. */
export async function measurePace({ clients, eventsPerAppend, append }: Work, extent: Extent): Promise<Pace> {
  const { seconds = Infinity, appends = Infinity } = extent;
  const times: number[] = [];
  let left = appends;
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000;
  const work = async (client: number): Promise<void> => {
    for (let since = performance.now(); since < end && left-- > 0; since = performance.now()) {
      await append(client);
      times.push(performance.now() - since);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => work(client)));
  const took = (performance.now() - startedAt) / 1000;
  const sorted = Float64Array.from(times).sort();
  const percentile = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { eventsPerSecond: (times.length * eventsPerAppend) / took, p50Ms: percentile(0.5), p99Ms: percentile(0.99) };
}
