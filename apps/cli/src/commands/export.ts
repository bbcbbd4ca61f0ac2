import { Argument, type Command } from 'commander';
import { VIEWS } from '#libs/contracts';
import type { Terminal } from '../terminal.ts';
import { option } from './options.ts';

export function addExportCommand(program: Command, terminal: Terminal): void {
  program
    .command('export')
    .description('all rows of a read model, or the whole log')
    .addArgument(
      new Argument('<what>', 'which').choices(['events', ...VIEWS.map(({ name }) => name).filter((name) => name !== 'events')]),
    )
    .addOption(option('--format <format>', 'form of the lines').choices(['csv', 'ndjson']).default('ndjson'))
    .addHelpText(
      'after',
      `
Reads the database itself, in one snapshot: DATABASE_URL names it, and npm run zantara fills that in. No cell of the CSV is a formula.

Examples:
  $ zantara export fix_success --format csv > fix-success.csv
  $ zantara export events | gzip > log.ndjson.gz`,
    )
    .action(async (what: string, _options: unknown, command: Command) => {
      const { runLogTool } = await import('../operator/run-log-tool.ts');
      const { format } = command.opts<{ format: string }>();
      await runLogTool('export', { what, format }, (line) => terminal.out(line));
    });
}
