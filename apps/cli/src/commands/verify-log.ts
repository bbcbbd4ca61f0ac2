import { isVerifyAnswer, plain, plural, toSafeJson, type VerifyAnswer, type VerifyFinding } from '#libs/contracts';
import { LogDamagedError, UnexpectedAnswerError } from '../cli.errors.ts';
import { parseJson } from '../http/answers.ts';
import { runLogTool } from '../operator/run-log-tool.ts';
import type { Column } from '../output/column.ts';
import { writeItems } from '../output/write-items.ts';
import type { Terminal } from '../terminal.ts';
import type { GlobalOptions } from './options.ts';

export interface VerifyOptions extends GlobalOptions {
  anchorFile?: string;
}

const TOOL = 'verify';

export async function verifyLog(terminal: Terminal, { output, anchorFile }: VerifyOptions): Promise<void> {
  const lines: string[] = [];
  await runLogTool(TOOL, { anchor_file: anchorFile }, (line) => void lines.push(line));
  const answer = parseJson(TOOL, lines.join('\n'));
  if (!isVerifyAnswer(answer)) throw new UnexpectedAnswerError(TOOL, 'it is no report');
  await write(terminal, answer, output);
  if (!answer.is_sound) throw new LogDamagedError(answer.findings.length + answer.more);
}

async function write(terminal: Terminal, answer: VerifyAnswer, format: GlobalOptions['output']): Promise<void> {
  if (format === 'json') return terminal.out(toSafeJson(answer, 2));
  if (format !== 'table') writeItems(terminal, answer.findings, { format, columns: COLUMNS });
  else await writeForPeople(terminal, answer);
  for (const { code, sentence } of answer.notes) terminal.note(plain(`note: ${sentence} [${code}]`));
}

async function writeForPeople(terminal: Terminal, answer: VerifyAnswer): Promise<void> {
  const [{ renderTable }, { createStyle }] = await Promise.all([
    import('../output/render-table.ts'),
    import('../output/style.ts'),
  ]);
  const style = createStyle(terminal.isColoured);
  const verdict = answer.is_sound ? style.tone('good', 'SOUND') : style.tone('bad', 'DAMAGED');
  terminal.out(`${style.bold(verdict)}  ${plain(describeLog(answer))}`);
  if (answer.findings.length > 0) terminal.out(renderTable(answer.findings, COLUMNS, style));
  if (answer.more > 0) terminal.note(`${plural(answer.more, 'finding')} more`);
}

function describeLog({ events, batches, streams, anchored, anchors, seconds, events_per_second: rate }: VerifyAnswer): string {
  const looked = `${plural(events, 'event')} in ${plural(batches, 'batch', 'batches')} and ${plural(streams, 'stream')}`;
  const held = anchored ? `, anchored up to position ${anchored.position} (${plural(anchors, 'anchor')})` : ', not anchored';
  return `${looked}${held}; ${seconds.toFixed(1)} s, ${rate} events/s`;
}

const COLUMNS: readonly Column<VerifyFinding>[] = [
  { name: 'code', raw: ({ code }) => code, tone: () => 'bad' },
  { name: 'from', raw: ({ from }) => from },
  { name: 'through', raw: ({ through }) => through },
  { name: 'stream', raw: ({ stream }) => stream },
  { name: 'sentence', title: 'what', raw: ({ sentence }) => sentence },
];
