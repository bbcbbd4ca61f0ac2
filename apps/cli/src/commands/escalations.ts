import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { dryRunOption, type GlobalOptions, reasonOption, type WriteOptions } from './options.ts';

/** What can be done with one escalation, beside the list. */
export function addEscalationVerbs(escalations: Command, terminal: Terminal): void {
  escalations
    .command('show')
    .description('what somebody is told of it: what happened, what was tried, what to type next')
    .argument('<escalation>', 'its id, as `escalations` lists it')
    .addHelpText('after', '\nExamples:\n  $ zantara escalations show service-rag-1')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { showEscalation } = await import('./show-escalation.ts');
      await showEscalation(terminal, id, command.optsWithGlobals<GlobalOptions>());
    });
  escalations
    .command('replay')
    .description('send it over the webhook again, under the same webhook id')
    .argument('<escalation>', 'its id, as `escalations` lists it')
    .addOption(reasonOption())
    .addOption(dryRunOption())
    .addHelpText('after', '\nExamples:\n  $ zantara escalations replay service-rag-1 --reason "the receiver was away"')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { replayEscalation } = await import('./show-escalation.ts');
      await replayEscalation(terminal, id, command.optsWithGlobals<WriteOptions>());
    });
}
