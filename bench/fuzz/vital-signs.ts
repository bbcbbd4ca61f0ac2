import { readFileSync } from 'node:fs';

const PAGE_BYTES = 4_096;
const MIB = 1_048_576;
const INTERVAL_MS = 500;

export interface VitalSign {
  atMs: number;
  /** Processor time that it has used since its start. */
  processorMs: number;
  residentMiB: number;
  /** Longest block of the event loop since the sign before, in milliseconds. */
  loopLagMs: number;
  waitingEvents: number;
  /** How far the slowest reader of the log is behind. */
  readerLag: number;
}

const readResidentMiB = (pid: number): number =>
  (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES) / MIB;

/** Fields 14 and 15, in hundredths of a second; the name of the program in brackets may hold anything. */
export function readProcessorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

const metric = (text: string, name: string): number =>
  Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);

function readerLag(text: string): number {
  const positions = [...text.matchAll(/^zantara_reader_position\{[^}]*\} (\d+)$/gm)].map(([, position]) => Number(position));
  return metric(text, 'zantara_log_head_position') - Math.min(...positions);
}

/** Watches an orchestrator from outside while it works. */
export class VitalSigns {
  readonly signs: VitalSign[] = [];
  /** Times that it said it is not ready, or said nothing. */
  failures = 0;
  private running: Promise<void>;
  private isStopped = false;

  constructor(
    private readonly url: string,
    private readonly pid: number,
  ) {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  get isAlive(): boolean {
    try {
      return readResidentMiB(this.pid) > 0;
    } catch {
      return false;
    }
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      const begun = performance.now();
      await this.look().catch(() => (this.failures += 1));
      const rest = Math.max(0, INTERVAL_MS - (performance.now() - begun));
      await new Promise((resolve) => setTimeout(resolve, rest));
    }
  }

  private async look(): Promise<void> {
    const ready = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(10_000) });
    await ready.arrayBuffer();
    if (!ready.ok) throw new Error(`answered ${ready.status}`);
    const text = await (await fetch(`${this.url}/metrics`, { signal: AbortSignal.timeout(10_000) })).text();
    this.signs.push({
      atMs: performance.now(),
      processorMs: readProcessorMs(this.pid),
      residentMiB: readResidentMiB(this.pid),
      loopLagMs: metric(text, 'nodejs_eventloop_lag_max_seconds') * 1_000,
      waitingEvents: metric(text, 'zantara_append_queue_events'),
      readerLag: readerLag(text),
    });
  }
}

/** How large the process was towards the end, in MiB. */
export function computeSize(signs: readonly VitalSign[]): number | undefined {
  const sizes = signs.slice(-Math.floor(signs.length / 5)).map(({ residentMiB }) => residentMiB);
  return sizes.toSorted((a, b) => a - b)[Math.floor(sizes.length / 2)];
}
