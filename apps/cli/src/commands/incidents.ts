import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import type { ListIncidentsOptions } from './list-incidents.ts';
import { asOfOption, limitOption, option } from './options.ts';
import type { ShowIncidentOptions } from './show-incident.ts';

const STATES = ['open', 'healing', 'mitigated', 'resolved', 'escalated'];

export function addIncidentsCommand(program: Command, terminal: Terminal): void {
  const incidents = program
    .command('incidents')
    .description('what went wrong, and what was done about it')
    .addHelpText('after', '\nExamples:\n  $ zantara incidents list\n  $ zantara incidents show --latest');
  addList(incidents, terminal);
  addShow(incidents, terminal);
}

function addList(incidents: Command, terminal: Terminal): void {
  incidents
    .command('list')
    .description('incidents, the latest first')
    .addOption(option('--state <state>', 'only in this state').choices(STATES))
    .addOption(option('--service <service>', 'only of this service'))
    .addOption(limitOption())
    .addOption(option('--cursor <cursor>', 'where an earlier page ended'))
    .addOption(asOfOption())
    .addHelpText(
      'after',
      `
Examples:
  $ zantara incidents list
  $ zantara incidents list --state escalated --service memory
  $ zantara incidents list -o csv --limit 500 > incidents.csv`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { listIncidents } = await import('./list-incidents.ts');
      await listIncidents(terminal, command.optsWithGlobals<ListIncidentsOptions>());
    });
}

function addShow(incidents: Command, terminal: Terminal): void {
  incidents
    .command('show')
    .description('one incident told as a story: every event with its cause and its time')
    .argument('[incident]', 'its id, as `incidents list` shows it')
    .addOption(option('--latest', 'the newest one'))
    .addOption(option('--all', 'timers and reservations too'))
    .addOption(asOfOption())
    .addHelpText(
      'after',
      `
Examples:
  $ zantara incidents show --latest
  $ zantara incidents show 3f2a9c01b7de-1 --all
  $ zantara incidents show 3f2a9c01b7de-1 -o jsonl | jq -c '[.type, .caused_by]'`,
    )
    .action(async (incidentId: string | undefined, _options: unknown, command: Command) => {
      const { showIncident } = await import('./show-incident.ts');
      await showIncident(terminal, incidentId, command.optsWithGlobals<ShowIncidentOptions>());
    });
}
