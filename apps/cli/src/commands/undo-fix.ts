import { isUndoneFix, type UndoneFix } from '#libs/contracts';
import { parseAnswer } from '../http/answers.ts';
import { ApiClient } from '../http/api-client.ts';
import { writeOne } from '../output/write-one.ts';
import type { Terminal } from '../terminal.ts';
import type { WriteOptions } from './options.ts';

export async function undoFix(terminal: Terminal, fixId: string, options: WriteOptions): Promise<void> {
  const body = { reason: options.reason, dry_run: options.dryRun === true };
  const answer = await new ApiClient(options).post(`/api/fixes/${encodeURIComponent(fixId)}/undo`, body);
  const undone = parseAnswer(answer, isUndoneFix, 'what is undone');
  writeOne(terminal, undone, {
    format: options.output,
    columns: UNDONE,
    say: () => {
      for (const line of tell(undone)) terminal.note(line);
    },
  });
}

function tell({ dry_run: isDryRun, fix_id: fixId, commands }: UndoneFix): string[] {
  const head = isDryRun ? `${fixId} would be undone by these commands; nothing was stored` : `${fixId} is being undone`;
  const lines = commands.map(
    ({ command_id: id, undoes, strategy, target, agent_id: agent, parameters }) =>
      `${id} to ${agent}: undo ${undoes}, ${strategy} of ${target}, ${JSON.stringify(parameters)}`,
  );
  return [head, ...lines];
}

const UNDONE = [
  { name: 'fix_id', raw: (undone: UndoneFix): string => undone.fix_id },
  { name: 'state', raw: (undone: UndoneFix): string => undone.state },
  { name: 'commands', raw: ({ commands }: UndoneFix): string => commands.map(({ command_id: id }) => id).join(' ') },
  { name: 'dry_run', raw: (undone: UndoneFix): boolean => undone.dry_run },
  { name: 'position', raw: (undone: UndoneFix): string => undone.position },
];
