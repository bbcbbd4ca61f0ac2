import { type ChangedPolicy, type ControlAnswer, isChangedPolicy, isControlAnswer } from '#libs/contracts';
import { UsageError } from '../cli.errors.ts';
import { parseAnswer } from '../http/answers.ts';
import { ApiClient } from '../http/api-client.ts';
import { writeOne } from '../output/write-one.ts';
import type { Terminal } from '../terminal.ts';
import type { WriteOptions } from './options.ts';

export interface ScopedOptions extends WriteOptions {
  service?: string;
  strategy?: string;
}

export interface FreezeOptions extends ScopedOptions {
  from?: string;
  until?: string;
}

export interface AnswerOptions extends WriteOptions {
  action: string;
}

/** @throws UsageError when both are given */
export function scopeOf({ service, strategy }: ScopedOptions): string {
  if (service !== undefined && strategy !== undefined)
    throw new UsageError('--service and --strategy are two scopes', 'Name one of them, or none for everything.');
  if (service !== undefined) return `service:${service}`;
  return strategy === undefined ? 'global' : `strategy:${strategy}`;
}

export const stopHealing = (terminal: Terminal, options: ScopedOptions): Promise<void> => say(terminal, options, 'stop');
export const resumeHealing = (terminal: Terminal, options: ScopedOptions): Promise<void> => say(terminal, options, 'resume');

async function say(terminal: Terminal, options: ScopedOptions, verb: 'stop' | 'resume'): Promise<void> {
  const scope = scopeOf(options);
  const { reason, dryRun } = options;
  const answer = await new ApiClient(options).post(`/api/${verb}`, { scope, reason, dry_run: dryRun === true });
  const control = parseAnswer(answer, isControlAnswer, 'what is stopped');
  writeOne(terminal, control, { format: options.output, columns: CONTROL, say: () => terminal.note(tellControl(control)) });
}

function tellControl({ dry_run: isDryRun, stopped, stored }: ControlAnswer): string {
  const what = stopped.length === 0 ? 'nothing' : stopped.join(', ');
  if (isDryRun) return `stopped would be: ${what}; nothing was stored`;
  return `stopped: ${what}${stored ? '' : '; agents are told, and the log has it as soon as it can be written'}`;
}

export async function beginFreeze(terminal: Terminal, options: FreezeOptions): Promise<void> {
  const { from, until, reason, dryRun } = options;
  const body = { scope: scopeOf(options), from, until, reason, dry_run: dryRun === true };
  const answer = parseAnswer(
    await new ApiClient(options).post('/api/freezes', body),
    isChangedPolicy,
    'what became of the freeze',
  );
  writeChanged(terminal, answer, options, `freeze ${answer.freeze_id ?? ''} of ${body.scope}`);
}

export async function endFreeze(terminal: Terminal, freezeId: string, options: WriteOptions): Promise<void> {
  const body = { reason: options.reason, dry_run: options.dryRun === true };
  const path = `/api/freezes/${encodeURIComponent(freezeId)}/end`;
  const answer = parseAnswer(await new ApiClient(options).post(path, body), isChangedPolicy, 'what became of the freeze');
  writeChanged(terminal, answer, options, `the end of freeze ${freezeId}`);
}

export function writeChanged(terminal: Terminal, changed: ChangedPolicy, { output }: WriteOptions, what: string): void {
  const done = changed.changed ? 'is stored' : 'changes nothing: it was so already';
  const told = changed.dry_run ? `${what} would be stored; nothing was` : `${what} ${done}`;
  writeOne(terminal, changed, { format: output, columns: CHANGED, say: () => terminal.note(told) });
}

const CONTROL = [
  { name: 'stopped', raw: ({ stopped }: ControlAnswer): string => stopped.join(' ') },
  { name: 'version', raw: ({ version }: ControlAnswer): number => version },
  { name: 'stored', raw: ({ stored }: ControlAnswer): boolean => stored },
  { name: 'dry_run', raw: ({ dry_run: isDryRun }: ControlAnswer): boolean => isDryRun },
];

const CHANGED = (['changed', 'freeze_id', 'dry_run', 'position'] as const).map((name) => ({
  name,
  raw: (changed: ChangedPolicy): string | boolean | null => changed[name],
}));
