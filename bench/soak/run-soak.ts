import { setTimeout as sleep } from 'node:timers/promises';
import { planChaos } from '../chaos/chaos-plan.ts';
import { ServiceFaults } from '../chaos/service-faults.ts';
import { Stage } from '../chaos/stage.ts';
import { Turmoil } from '../chaos/turmoil.ts';
import { type VitalSign, VitalSigns } from '../fuzz/vital-signs.ts';
import { LogWatch } from '../installation/log-watch.ts';
import { GC_TRACE_FLAG, readHeapFloors } from './gc-trace.ts';
import type { Series } from './line-plot.ts';
import { LOOKS_EVERY_MS, ProcessWatch } from './process-watch.ts';
import { computeTrend, type Point, type Trend } from './theil-sen.ts';

export interface SoakPlan {
  readonly hours: number;
  readonly reportsPerSecond: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface SoakRun {
  /** Of the heap of each thread after its major collections, without the time in which it warms up; in MB an hour. */
  readonly heapTrends: readonly (Trend | undefined)[];
  /** After the warm-up, of the thread that had fewest. */
  readonly leastCollections: number;
  /** Of what is open in the quiet half, per hour. */
  readonly descriptorTrend: Trend | undefined;
  readonly connectionTrend: Trend | undefined;
  /** How often that was looked at in the quiet half, of the times that it should have been. */
  readonly lookedShare: number;
  readonly residentMiB: number;
  readonly mostWaitingEvents: number;
  readonly reports: number;
  readonly calamities: number;
  /** Of those that were planned. */
  readonly befallenShare: number;
  /** How often the orchestrator ended, which nobody told it to: what is measured after that is another one's beginning. */
  readonly orchestratorEnds: number;
  readonly series: readonly Series[];
}

const MS_PER_HOUR = 3_600_000;
/** Until what is kept in mind has its size, as a share of the whole. */
const WARM_UP_SHARE = 1 / 6;
const REPORTS = "SELECT count(*) FROM events WHERE type = 'ErrorReported'";
const TOLD_EVERY_MS = 300_000;

/** One orchestrator under a steady load, with calamities for everybody else in the first half. */
export async function runSoak(plan: SoakPlan): Promise<SoakRun> {
  const stage = await Stage.open({ ...plan, replicas: 1, nodeFlags: [GC_TRACE_FLAG] });
  const log = new LogWatch(stage.installation.logUrl);
  const { orchestrator } = stage.installation;
  const vitals = new VitalSigns(stage.installation.url, orchestrator.pid);
  const watch = new ProcessWatch(orchestrator.pid, log);
  const beganAtMs = performance.now();
  try {
    const befallen = await soak(stage, log, plan);
    await vitals.stop();
    watch.stop();
    const floors = readHeapFloors(orchestrator.output);
    return { ...judge(plan, { floors, vitals, watch, beganAtMs }), ...befallen, reports: await log.count(REPORTS) };
  } finally {
    await vitals.stop();
    watch.stop();
    await log.close();
    await stage.close();
  }
}

type Suffered = Pick<SoakRun, 'calamities' | 'befallenShare' | 'orchestratorEnds'>;

/** None of the calamities ends the orchestrator: what it keeps would be gone with it. */
async function soak(stage: Stage, log: LogWatch, { hours, seed, say }: SoakPlan): Promise<Suffered> {
  const turmoil = new Turmoil(stage);
  const faults = new ServiceFaults(stage, turmoil);
  const telling = setInterval(() => void log.count(REPORTS).then((count) => say(`${count} reports`)), TOLD_EVERY_MS);
  const plan = planChaos({ minutes: hours * 30, seed }).filter(({ name }) => !name.startsWith('orchestrator'));
  try {
    await turmoil.run(plan, (hours / 2) * MS_PER_HOUR);
    say('from now on nothing goes wrong but services');
    await sleep((hours / 2) * MS_PER_HOUR);
  } finally {
    clearInterval(telling);
    await faults.stop();
    turmoil.stop();
  }
  const { orchestrator } = stage.installation;
  const ends = turmoil.endedByThemselves.filter((program) => program === orchestrator).length;
  return {
    calamities: turmoil.times,
    befallenShare: turmoil.times / plan.length,
    // Whoever ended last may not have been seen.
    orchestratorEnds: ends + Number(!orchestrator.isAlive),
  };
}

interface Observed {
  readonly floors: ReadonlyMap<string, readonly Point[]>;
  readonly vitals: VitalSigns;
  readonly watch: ProcessWatch;
  readonly beganAtMs: number;
}

function judge({ hours }: SoakPlan, { floors, vitals, watch, beganAtMs }: Observed): Omit<SoakRun, keyof Suffered | 'reports'> {
  const since = (points: readonly Point[], share: number): Point[] => points.filter(({ atHours }) => atHours >= hours * share);
  const over = (read: (sign: VitalSign) => number): Point[] =>
    vitals.signs.map((sign) => ({ atHours: (sign.atMs - beganAtMs) / MS_PER_HOUR, value: read(sign) }));
  const resident = over(({ residentMiB }) => residentMiB);
  const threads = [...floors.values()];
  const warm = threads.map((points) => since(points, WARM_UP_SHARE));
  const [descriptors, connections] = [since(watch.descriptors, 1 / 2), since(watch.connections, 1 / 2)];
  return {
    heapTrends: warm.map(computeTrend),
    leastCollections: Math.min(...warm.map(({ length }) => length)),
    descriptorTrend: computeTrend(descriptors),
    connectionTrend: computeTrend(connections),
    lookedShare: (Math.min(descriptors.length, connections.length) * LOOKS_EVERY_MS) / ((hours / 2) * MS_PER_HOUR),
    residentMiB: Math.max(...resident.map(({ value }) => value)),
    mostWaitingEvents: Math.max(...vitals.signs.map(({ waitingEvents }) => waitingEvents)),
    series: [
      ...threads.map((points, n) => ({ title: `heap of thread ${n} after major collections`, unit: 'MB', points })),
      { title: 'resident memory of the orchestrator', unit: 'MiB', points: resident },
      ...watch.series,
      { title: 'events that wait for their commit', unit: '', points: over(({ waitingEvents }) => waitingEvents) },
      { title: 'events that the slowest reader is behind', unit: '', points: over(({ readerLag }) => readerLag) },
    ],
  };
}
