/** Whether this pid runs; a zombie doesn't count. */
export function alive(pid: number): boolean;
/** `preferred` when it can be had, else any free port of 127.0.0.1. */
export function freePort(preferred?: number): Promise<number>;
export function stopPid(pid: number, signal: NodeJS.Signals, withinMs?: number): Promise<void>;
/** Every process where there is /proc; none elsewhere. */
export function allPids(): number[];
/** The arguments of a running process; none when it has ended. */
export function commandLine(pid: number): string[];
