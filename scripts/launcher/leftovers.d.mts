import type { RunningProcess } from '../infra/process.mjs';

interface RecordedRun {
  pids?: Readonly<Record<string, number>>;
}

/** How to look at what runs here: unless given, the best that this system has. */
export interface Machine {
  listProcesses: () => RunningProcess[];
  /** `undefined` where it can't be seen. */
  environmentOf: (pid: number) => string[] | undefined;
}

type Ending = (
  run: RecordedRun | undefined,
  stateDir: string,
  log: (message: string) => void,
  machine?: Machine,
) => Promise<void>;

export const endLeftovers: Ending;
export const endLeftoverServers: Ending;
export function killAll(run: RecordedRun | undefined, stateDir: string, machine?: Machine): void;
export function findChild(parentPid: number, script: string, processes?: readonly RunningProcess[]): number | undefined;
