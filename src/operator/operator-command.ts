import type { z } from 'zod';
import type { OperatorSettings } from './environment.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Progress } from './progress.ts';

/** What a log tool is given. */
export interface OperatorContext {
  readonly settings: OperatorSettings;
  /** Data, a JSON value on a line of its own. */
  readonly out: (value: object) => void;
  /** Data as a line that is ready; resolves when there is room for the next one. */
  readonly line: (text: string) => Promise<void>;
  /** Anything else, for people. */
  readonly note: (text: string) => void;
  readonly progress: Progress;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** A log tool: one file of this folder, and a line in commands.ts. */
export interface OperatorCommand<Options> {
  /** Its options as JSON, with defaults for all that may be left out. */
  readonly options: z.ZodType<Options>;
  run(context: OperatorContext, options: Options): Promise<ExitCode>;
}
