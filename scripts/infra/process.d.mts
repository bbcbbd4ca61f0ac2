/** Whether this pid runs; a zombie doesn't count. */
export function alive(pid: number): boolean;
/** `preferred` when it can be had, else any free port of 127.0.0.1. */
export function freePort(preferred?: number): Promise<number>;
export function stopPid(pid: number, signal: NodeJS.Signals, withinMs?: number): Promise<void>;
