import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import type { ListServicesOptions } from './list-services.ts';
import { asOfOption } from './options.ts';

export function addServicesCommand(program: Command, terminal: Terminal): void {
  program
    .command('services')
    .description('services of the catalogue: how they are, and what may be done to them')
    .addOption(asOfOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ zantara services\n  $ zantara services -o json | jq \'.items[] | select(.state != "healthy")\'',
    )
    .action(async (_options: unknown, command: Command) => {
      const { listServices } = await import('./list-services.ts');
      await listServices(terminal, command.optsWithGlobals<ListServicesOptions>());
    });
}
