import {
  type EscalatedIncident,
  type EscalationDetail,
  isEscalationDetail,
  isReplayedEscalation,
  plain,
  type ReplayedEscalation,
} from '#libs/contracts';
import { ApiClient } from '../http/api-client.ts';
import { parseAnswer } from '../http/answers.ts';
import type { Column } from '../output/column.ts';
import { writeOne } from '../output/write-one.ts';
import type { Terminal } from '../terminal.ts';
import type { GlobalOptions, WriteOptions } from './options.ts';

const pathOf = (id: string): string => `/api/escalations/${encodeURIComponent(id)}`;

export async function showEscalation(terminal: Terminal, id: string, options: GlobalOptions): Promise<void> {
  const shown = parseAnswer(await new ApiClient(options).get(pathOf(id), {}), isEscalationDetail, 'an escalation');
  writeOne(terminal, shown, {
    format: options.output,
    columns: SHOWN,
    say: () => terminal.out(tell(shown).map(plain).join('\n')),
  });
}

export async function replayEscalation(terminal: Terminal, id: string, options: WriteOptions): Promise<void> {
  const body = { reason: options.reason, dry_run: options.dryRun === true };
  const answer = await new ApiClient(options).post(`${pathOf(id)}/replay`, body);
  const replayed = parseAnswer(answer, isReplayedEscalation, 'what is sent again');
  const verb = replayed.dry_run ? 'would be sent again; nothing was stored' : 'is sent again';
  writeOne(terminal, replayed, {
    format: options.output,
    columns: REPLAYED,
    say: () => terminal.note(`${replayed.escalation_id} ${verb} (${replayed.webhook_id})`),
  });
}

function tell({ data }: EscalationDetail): string[] {
  const left = data.incident_count - data.incidents.length;
  return [
    `${data.escalation_id}  ${data.state} since ${data.since}`,
    data.summary,
    ...data.incidents.flatMap(tellIncident),
    ...(left > 0 ? [`and ${left} more incidents`] : []),
    'next:',
    ...data.next.map((command) => `  $ ${command}`),
  ];
}

const tellIncident = ({ incident_id: id, service, state, reason, tried, objections }: EscalatedIncident): string[] => [
  `${id}  ${service}, ${state}: ${reason}`,
  ...tried.map(
    (fix) => `  tried ${fix.strategy}, attempt ${fix.attempt}: ${fix.verdict ?? fix.reason ?? 'nothing was heard of it'}`,
  ),
  ...objections.map(({ guard, verdict, reason: why }) => `  ${guard} says ${verdict}: ${why}`),
];

const SHOWN: readonly Column<EscalationDetail>[] = (
  ['escalation_id', 'root', 'kind', 'state', 'summary', 'since', 'reason_code', 'incident_count'] as const
).map((name) => ({ name, raw: (shown) => shown.data[name] }));

const REPLAYED: readonly Column<ReplayedEscalation>[] = (['escalation_id', 'webhook_id', 'dry_run', 'position'] as const).map(
  (name) => ({ name, raw: (replayed) => replayed[name] }),
);
