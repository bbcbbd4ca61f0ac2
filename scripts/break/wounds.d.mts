/** What there is to break: any service whose process can be found, of whichever installation. */
export interface BreakableService {
  id: string;
  configFile: string;
  findPid: () => number | undefined | Promise<number | undefined>;
}

/** Nobody is there to be broken. */
export class NotRunningError extends Error {}

export interface CrashLoopOptions {
  /** Aborted when it has been killed often enough. */
  signal: AbortSignal;
  onKill?: (pid: number) => void;
}

/** kill -9. @throws NotRunningError, and LauncherError when we may not */
export function breakServiceDown(service: BreakableService): Promise<{ pid: number }>;
/** SIGSTOP: connections are accepted and never answered. @throws NotRunningError */
export function breakServiceHung(service: BreakableService): Promise<{ pid: number }>;
/** Spoils the configuration file, keeps the good one in `goodFile`, and kills. @throws NotRunningError, with the file as it was */
export function breakConfig(service: BreakableService): Promise<{ pid: number; file: string; goodFile: string }>;
/** Kills now and shortly after every start; resolves with the number of kills. */
export function crashLoop(service: BreakableService, options: CrashLoopOptions): Promise<number>;
