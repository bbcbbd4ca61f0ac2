import {
  type AnsweredApproval,
  explainReason,
  isAnsweredApproval,
  isPendingApproval,
  type PendingApproval,
} from '#libs/contracts';
import { NothingToApproveError } from '../cli.errors.ts';
import { parseAnswer, parsePage } from '../http/answers.ts';
import { ApiClient } from '../http/api-client.ts';
import type { Column } from '../output/column.ts';
import { writeOne } from '../output/write-one.ts';
import { writePage } from '../output/write-page.ts';
import type { Terminal } from '../terminal.ts';
import type { AnswerOptions } from './authority-actions.ts';
import type { GlobalOptions } from './options.ts';

/** As many digits are shown, and asked for at least: nobody types an action that they haven't seen. */
const SHOWN_DIGITS = 12;

export async function listApprovals(terminal: Terminal, options: GlobalOptions): Promise<void> {
  const page = parsePage(await new ApiClient(options).get('/api/approvals', {}), isPendingApproval);
  await writePage(terminal, page, {
    format: options.output,
    columns: PENDING,
    whenEmpty: 'nothing waits for persons',
    more: (next) => `there are more: ${next}`,
  });
}

export async function answerApproval(
  terminal: Terminal,
  { fixId, verb }: { fixId: string; verb: 'approve' | 'reject' },
  options: AnswerOptions,
): Promise<void> {
  const client = new ApiClient(options);
  const { items } = parsePage(await client.get('/api/approvals', {}), isPendingApproval);
  const pending = items.find((item) => item.fix_id === fixId);
  const { action } = options;
  const isSeen = action.length >= SHOWN_DIGITS && pending?.action_sha256.startsWith(action.toLowerCase()) === true;
  if (pending === undefined || !isSeen) throw new NothingToApproveError(fixId, action);
  const body = { action_sha256: pending.action_sha256, reason: options.reason, dry_run: options.dryRun === true };
  const answer = await client.post(`/api/fixes/${encodeURIComponent(fixId)}/${verb}`, body);
  const answered = parseAnswer(answer, isAnsweredApproval, 'what became of the fix');
  writeOne(terminal, answered, { format: options.output, columns: ANSWERED, say: () => terminal.note(tell(answered, verb)) });
}

function tell(
  { dry_run: isDryRun, fix_id: id, state, reason_code: reason }: AnsweredApproval,
  verb: 'approve' | 'reject',
): string {
  if (isDryRun) return `${id} could be ${verb === 'approve' ? 'approved' : 'rejected'}; nothing was stored`;
  const why = reason === null ? '' : `: ${explainReason(reason)}`;
  return state === 'awaiting-approval'
    ? `${id} is approved, and another person has to approve it too`
    : `${id} is ${state}${why}`;
}

const PENDING: readonly Column<PendingApproval>[] = [
  { name: 'fix_id', title: 'fix', raw: (item) => item.fix_id },
  { name: 'strategy', raw: (item) => item.action.strategy },
  { name: 'target', title: 'service', raw: (item) => item.action.target },
  {
    name: 'action_sha256',
    title: 'action',
    raw: (item) => item.action_sha256,
    shown: (item) => item.action_sha256.slice(0, SHOWN_DIGITS),
  },
  { name: 'persons_required', title: 'persons', raw: (item) => item.persons_required },
  { name: 'approved_by', title: 'approved by', raw: (item) => item.approved_by.join(' ') },
  { name: 'expires_at', title: 'until', raw: (item) => item.expires_at },
  { name: 'incident_id', title: 'incident', raw: (item) => item.action.incident_id },
];

const ANSWERED = (['fix_id', 'state', 'reason_code', 'dry_run', 'position'] as const).map((name) => ({
  name,
  raw: (answered: AnsweredApproval): string | boolean | null => answered[name],
}));
