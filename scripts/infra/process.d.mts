export interface RunningProcess {
  pid: number;
  /** Not a number when it has ended in between. */
  parent: number;
  /** None when it has ended in between. */
  arguments: string[];
}

/** Whether this pid runs; a zombie doesn't count. */
export function alive(pid: number): boolean;
export function stopPid(pid: number, signal: NodeJS.Signals, withinMs?: number): Promise<void>;
/** Every process of this machine. */
export function listProcesses(): RunningProcess[];
/** The same from `ps`, as where there is no /proc. */
export function listFromPs(): RunningProcess[];
export function allPids(): number[];
/** The arguments of a running process; none when it has ended. */
export function commandLine(pid: number): string[];
