import { plain } from '#libs/contracts';
import { CliError, LogToolFailedError } from './cli.errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Says what failed and what to do next; answers the exit code. */
export function reportError(error: unknown, terminal: Terminal): ExitCode {
  if (!(error instanceof CliError)) {
    terminal.note(`error: ${plain(error instanceof Error ? (error.stack ?? error.message) : String(error))}`);
    terminal.note('next:  This is a fault of the command line itself; please report it.');
    return EXIT.failed;
  }
  if (error instanceof LogToolFailedError) return error.exitCode; // it has said why
  terminal.note(`error: ${plain(error.message)} [${plain(error.code)}]`);
  terminal.note(`next:  ${plain(error.remediation)}`);
  return error.exitCode;
}
