export interface StartProgramOptions {
  name: string;
  /** Relative to the repository. */
  script: string;
  args?: readonly string[];
  /** For Node itself. */
  nodeFlags?: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  logFile: string;
  /** How long it may take to end after SIGTERM, in milliseconds, before it is killed. */
  stopWithinMs?: number;
}

export interface RunningProgram {
  name: string;
  pid: number;
  /** Resolves with an error when it ends without being asked to. */
  crashed: Promise<Error | undefined>;
  stop: () => Promise<void>;
}

export function startProgram(options: StartProgramOptions): RunningProgram;
export function answers(url: string, options: { program: RunningProgram; withinMs: number; signal: AbortSignal }): Promise<void>;

export const ORCHESTRATOR_FLAGS: string[];
