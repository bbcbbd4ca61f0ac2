import type { Command } from 'commander';
import { type View, VIEWS } from '#libs/contracts';
import type { Terminal } from '../terminal.ts';
import { addEscalationVerbs } from './escalations.ts';
import type { ListViewOptions } from './list-view.ts';
import { asOfOption, limitOption, option } from './options.ts';

/** These have commands of their own, which tell more. */
const ELSEWHERE = new Set(['incidents', 'services']);

/** Lists of which single rows can be asked for and acted on. */
const VERBS: Readonly<Record<string, (list: Command, terminal: Terminal) => void>> = { escalations: addEscalationVerbs };

/** A command for each read model that is a list and nothing else. */
export function addListCommands(program: Command, terminal: Terminal): void {
  for (const view of VIEWS) {
    if (ELSEWHERE.has(view.path)) continue;
    const list = addList(program, terminal, view);
    VERBS[view.path]?.(list, terminal);
  }
}

function addList(program: Command, terminal: Terminal, view: View): Command {
  const command = program
    .command(view.path)
    .description(view.about)
    .addOption(limitOption())
    .addOption(option('--cursor <cursor>', 'where an earlier page ended'));
  if (view.past !== undefined) command.addOption(asOfOption());
  for (const filter of view.filters)
    command.addOption(option(`--${filter.replaceAll('_', '-')} <${filter}>`, `only with this ${filter.replaceAll('_', ' ')}`));
  command
    .addHelpText('after', `\nExamples:\n  $ zantara ${view.path}\n  $ zantara ${view.path} -o csv --limit 500 > ${view.path}.csv`)
    .action(async (_options: unknown, given: Command) => {
      const { listView } = await import('./list-view.ts');
      await listView(terminal, view, given.optsWithGlobals<ListViewOptions>());
    });
  return command;
}
