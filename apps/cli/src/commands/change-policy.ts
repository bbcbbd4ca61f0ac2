import { isChangedPolicy, isPolicyAnswer, type JsonValue, type PolicyAnswer } from '#libs/contracts';
import { UsageError } from '../cli.errors.ts';
import { parseAnswer } from '../http/answers.ts';
import { ApiClient } from '../http/api-client.ts';
import type { Column } from '../output/column.ts';
import { writePage } from '../output/write-page.ts';
import type { Terminal } from '../terminal.ts';
import { scopeOf, type ScopedOptions, writeChanged } from './authority-actions.ts';
import type { GlobalOptions } from './options.ts';

interface PolicyLine {
  scope: string;
  name: string;
  value: string;
  about: string;
}

export async function showPolicy(terminal: Terminal, options: GlobalOptions): Promise<void> {
  const answer = await new ApiClient(options).get('/api/policy', {});
  const policy = parseAnswer(answer, isPolicyAnswer, 'what the guards go by');
  const page = { items: toLines(policy), next_cursor: null, position: policy.position };
  await writePage(terminal, page, { format: options.output, columns: LINES, whenEmpty: 'nothing is set', more: () => '' });
}

export async function changePolicy(terminal: Terminal, pairs: readonly string[], options: ScopedOptions): Promise<void> {
  const { reason, dryRun } = options;
  const scope = scopeOf(options);
  const body = { scope, settings: Object.fromEntries(pairs.map(readPair)), reason, dry_run: dryRun === true };
  const answer = await new ApiClient(options).post('/api/policy', body);
  writeChanged(terminal, parseAnswer(answer, isChangedPolicy, 'what became of it'), options, `the policy of ${scope}`);
}

/** A number, true, false or a word; nothing gives it back to the wider scope. */
function readPair(pair: string): [name: string, value: JsonValue] {
  const separator = pair.indexOf('=');
  if (separator <= 0) throw new UsageError(`${pair} is no setting`, 'Write it as name=value.');
  const [name, value] = [pair.slice(0, separator), pair.slice(separator + 1).trim()];
  if (value === '') return [name, null];
  if (value === 'true' || value === 'false') return [name, value === 'true'];
  return [name, Number.isFinite(Number(value)) ? Number(value) : value];
}

function toLines({ limits, scopes, freezes }: PolicyAnswer): PolicyLine[] {
  const set = Object.entries(scopes).flatMap(([scope, settings]) =>
    Object.entries(settings).map(([name, value]) => ({
      scope,
      name,
      value: JSON.stringify(value),
      about: limits[name]?.about ?? '',
    })),
  );
  const held = freezes.map(({ freeze_id: id, scope, from, until, reason }) => ({
    scope,
    name: `freeze ${id}`,
    value: `${from} to ${until ?? 'its end by a person'}`,
    about: reason,
  }));
  const defaults = Object.entries(limits).map(([name, { default: value, about }]) => ({
    scope: 'default',
    name,
    value: String(value),
    about,
  }));
  return [...held, ...set, ...defaults];
}

const LINES: readonly Column<PolicyLine>[] = [
  { name: 'scope', raw: (line) => line.scope },
  { name: 'name', raw: (line) => line.name },
  { name: 'value', raw: (line) => line.value },
  { name: 'about', raw: (line) => line.about },
];
