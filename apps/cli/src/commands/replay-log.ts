import { hasShape, toSafeJson } from '#libs/contracts';
import { UnexpectedAnswerError, UsageError } from '../cli.errors.ts';
import { parseJson } from '../http/answers.ts';
import { runLogTool } from '../operator/run-log-tool.ts';
import { type Replayed, renderReplayed } from '../output/render-replayed.ts';
import { createStyle } from '../output/style.ts';
import type { Terminal } from '../terminal.ts';
import type { GlobalOptions } from './options.ts';

export interface ReplayOptions extends GlobalOptions {
  from?: string;
  to?: string;
  stream?: string;
  incident?: string;
  service?: string;
  effects?: boolean;
  file?: string;
  schema?: string;
}

type Manifest = Readonly<Record<string, unknown>>;
export type ReplayLine = Replayed | (Manifest & { kind: 'manifest' });

export const REPLAY_TOOL = 'replay';

export async function replayLog(terminal: Terminal, options: ReplayOptions): Promise<void> {
  const { output, effects = false, file, schema } = options;
  if (output === 'csv')
    throw new UsageError('a replay has no form as CSV', 'Take -o jsonl, or export the log: zantara export events --format csv.');
  const style = createStyle(terminal.isColoured);
  const whole: ReplayLine[] = [];
  await runLogTool(REPLAY_TOOL, { ...toSelection(options), effects, file, schema }, (text) => {
    const line = parseReplayLine(text);
    if (output === 'jsonl') terminal.out(toSafeJson(line));
    else if (output === 'json') whole.push(line);
    else terminal.out(line.kind === 'event' ? renderReplayed(line, style) : toSafeJson(line, 2));
  });
  if (output === 'json') terminal.out(toSafeJson(whole, 2));
}

export const toSelection = ({ from, to, stream, incident, service }: ReplayOptions): object => ({
  from,
  to,
  stream,
  incident,
  service,
});

/** @throws UnexpectedAnswerError */
export function parseReplayLine(text: string): ReplayLine {
  const line = parseJson(REPLAY_TOOL, text);
  if (isReplayed(line)) return line;
  if (hasShape(line, { kind: 'string', log_id: 'string', read_models: 'array' }) && isManifest(line)) return line;
  throw new UnexpectedAnswerError(REPLAY_TOOL, 'a line is neither an event nor the manifest');
}

const isReplayed = (value: unknown): value is Replayed =>
  hasShape(value, { kind: 'string', position: 'string', stream: 'string', type: 'string', recorded_at: 'string' }) &&
  value.kind === 'event';

const isManifest = (value: Manifest): value is Manifest & { kind: 'manifest' } => value['kind'] === 'manifest';
