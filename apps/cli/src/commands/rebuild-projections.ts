import { hasShape, plain, toSafeJson } from '#libs/contracts';
import { ReadModelDiffersError, UnexpectedAnswerError } from '../cli.errors.ts';
import { parseJson } from '../http/answers.ts';
import { runLogTool } from '../operator/run-log-tool.ts';
import { type Column, toScalar } from '../output/column.ts';
import { writeItems } from '../output/write-items.ts';
import type { Terminal } from '../terminal.ts';
import type { GlobalOptions } from './options.ts';

export interface RebuildOptions extends GlobalOptions {
  dryRun?: boolean;
  back?: boolean;
  force?: boolean;
}

type Line = Readonly<Record<string, unknown>>;

export async function rebuildProjections(
  terminal: Terminal,
  names: readonly string[],
  { output, dryRun = false, back = false, force = false }: RebuildOptions,
): Promise<void> {
  const columns = ['read_model', 'outcome', 'generation', 'from_position', 'position', 'seconds', 'digest'];
  await runTool(terminal, 'projections-rebuild', { options: { names, dry_run: dryRun, back, force }, output, columns });
}

export async function verifyProjections(terminal: Terminal, names: readonly string[], { output }: GlobalOptions): Promise<void> {
  const columns = ['read_model', 'position', 'rows_match', 'log_matches', 'digest'];
  const isSound = await runTool(terminal, 'projections-verify', { options: { names }, output, columns });
  if (!isSound) throw new ReadModelDiffersError();
}

interface ToolRun extends Pick<GlobalOptions, 'output'> {
  options: object;
  columns: readonly string[];
}

/** As JSON each read model is told when it is done, otherwise all at the end. */
async function runTool(terminal: Terminal, tool: string, { options, output, columns }: ToolRun): Promise<boolean> {
  const lines: Line[] = [];
  const isSound = await runLogTool(tool, options, (text) => {
    const line = parseJson(tool, text);
    if (!hasShape(line, { read_model: 'string' })) throw new UnexpectedAnswerError(tool, 'a line is not about a read model');
    if (output === 'jsonl') terminal.out(toSafeJson(line));
    else lines.push(line);
  });
  await write(terminal, lines, { output, columns: columns.map(toColumn) });
  return isSound;
}

async function write(
  terminal: Terminal,
  lines: readonly Line[],
  { output, columns }: { output: GlobalOptions['output']; columns: readonly Column<Line>[] },
): Promise<void> {
  if (output === 'json') terminal.out(toSafeJson(lines, 2));
  else if (output === 'csv') writeItems(terminal, lines, { format: output, columns });
  else if (output === 'table' && lines.length > 0) {
    const [{ renderTable }, { createStyle }] = await Promise.all([
      import('../output/render-table.ts'),
      import('../output/style.ts'),
    ]);
    terminal.out(renderTable(lines, columns, createStyle(terminal.isColoured)));
  }
}

const toColumn = (name: string): Column<Line> => ({
  name,
  title: name.replaceAll('_', ' '),
  raw: (line) => toScalar(line[name]),
  ...(name === 'digest' && { shown: (line: Line): string => plain(String(toScalar(line[name]) ?? '')).slice(0, 12) }),
});
