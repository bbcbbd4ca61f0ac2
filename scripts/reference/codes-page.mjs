import { code, page, table } from './markdown.mjs';

const KINDS = {
  invalid: 'wrong input or configuration: trying again changes nothing',
  unavailable: 'something else is away: trying again later may help',
  rejected: 'the rules said no',
};

/** Why an agent does not carry out a command. */
const REFUSALS = {
  'too-large': 'The message is larger than 65,536 bytes.',
  unsigned: 'A signature header is missing.',
  'unknown-key': 'The key id is not in the key file. Tried again for a while, as the file may be on its way.',
  'bad-signature': 'The signature does not fit subject and body.',
  'bad-schema': 'The body does not fit the schema of a command.',
  'other-target': 'Another agent or a service that is not its own.',
  'key-mismatch': 'The key id in the body is not the one in the header.',
  'key-revoked': 'The key file says that the key is revoked.',
  'time-unknown': 'No control state was verified yet, so the time of the orchestrator is unknown. Tried again.',
  expired: 'Its `expires_at` is over, by the time of the orchestrator.',
  'other-log': 'Its fence is from another log.',
  'stale-fence': 'Its fence is not above the last accepted one of the target.',
  'control-stopped': 'The control state says `stopped`.',
  'control-stale': 'No `running` was heard for 10 s. Tried again.',
  'strategy-not-allowed': 'The configuration of the agent does not allow the strategy for this service.',
  'rate-limited': 'The agent has acted on this service as often as its configuration allows in an hour.',
};

function refusalRows(refusals) {
  const unexplained = refusals.filter((name) => REFUSALS[name] === undefined);
  if (unexplained.length > 0) throw new Error(`scripts/reference/codes-page.mjs: explain ${unexplained.join(', ')}`);
  return refusals.map((name) => [code(name), REFUSALS[name]]);
}

const exitRows = (programs) =>
  programs.flatMap(({ program, codes }) => codes.map(({ exit, meaning }, i) => [i === 0 ? program : '', exit, meaning]));

export const codesPage = ({ exits, errors, refusals }) =>
  page(
    'Exit codes, error codes, refusals',
    'Codes are stable and for programs; messages are for people and may change.',
    '## Exit codes',
    table(['Program', 'Code', 'Meaning'], exitRows(exits)),
    '## Error codes',
    Object.entries(KINDS)
      .map(([kind, meaning]) => `- ${code(kind)}: ${meaning}`)
      .join('\n'),
    'Over HTTP they come as `application/problem+json` with `code`, `detail` and `remediation`: status 400 for `invalid`, 409 for `rejected`, 503 for `unavailable`.',
    table(
      ['Code', 'Kind', 'What it means', 'Next step', 'Class'],
      errors.map((error) => [
        code(error.code),
        error.kind,
        error.meaning,
        error.remediation ?? 'The message tells.',
        `[${code(error.name)}](../../${error.file})`,
      ]),
    ),
    '## Why an agent refuses a command',
    'The `reason_code` of a result with phase `refused`, in the order in which the agent checks. For the first five nobody knows who wrote the command, so it is counted and not answered.',
    table(['Code', 'Meaning'], refusalRows(refusals)),
  );
