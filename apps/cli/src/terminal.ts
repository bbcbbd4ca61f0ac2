import { readEnvironment } from './environment.ts';

/** Where a command writes: data to `out`, everything else to `note`. */
export interface Terminal {
  readonly isColoured: boolean;
  /** Milliseconds since 1970. */
  nowMs(): number;
  out(text: string): void;
  note(text: string): void;
}

/** The terminal of this process. Whoever stops reading ends it quietly. */
export function openTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endOnBrokenPipe);
  const { isColoured } = readEnvironment(process.stdout.isTTY);
  return {
    isColoured,
    nowMs: () => Date.now(),
    out: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
  };
}

function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}
