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
  'control-stopped': 'The control state stops everything, this service or this strategy.',
  'control-stale': 'No `running` was heard for 10 s. Tried again.',
  'strategy-not-allowed': 'The configuration of the agent does not allow the strategy for this service.',
  'rate-limited': 'The agent has acted on this service as often as its configuration allows in an hour.',
  'no-executor': 'The agent has nothing that carries out the strategy for this service.',
  'undo-not-offered': 'The agent has nothing that takes the strategy back.',
  'nothing-to-undo':
    'The journal does not say that the command named by `undoes` was finished well, by this strategy, on this service.',
  'undone-before': 'An undo of the same command was begun before, however that ended.',
  'invalid-parameters': 'The parameters do not fit the strategy.',
};

/** Why an attempt that was begun did not succeed. */
const FAILURES = {
  aborted: 'It was cancelled before its point of no return.',
  'port-in-use': 'Another process listens on the port of the service.',
  'start-failed': 'The operating system could not start the program.',
  'exited-early': 'The new process ended before it was ready.',
  'not-ready': 'The new process did not become ready in time.',
  'disk-full': 'The last words of the new process say that the disk is full.',
  'migration-error': 'The last words of the new process say that a migration failed.',
  'configuration-error': 'The last words of the new process say that its configuration is wrong.',
  'executor-error': 'The executor itself failed.',
};

function codeRows(codes, meanings) {
  const unexplained = codes.filter((name) => meanings[name] === undefined);
  if (unexplained.length > 0) throw new Error(`scripts/reference/codes-page.mjs: explain ${unexplained.join(', ')}`);
  return codes.map((name) => [code(name), meanings[name]]);
}

const exitRows = (programs) =>
  programs.flatMap(({ program, codes }) => codes.map(({ exit, meaning }, i) => [i === 0 ? program : '', exit, meaning]));

export const codesPage = ({ exits, errors, refusals, failures }) =>
  page(
    'Exit codes, error codes, refusals, failures',
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
    table(['Code', 'Meaning'], codeRows(refusals, REFUSALS)),
    '## Why an attempt failed',
    'The `reason_code` of a result with phase `failed`, as the executors of our own agents give it. Also `control-stopped`, `control-stale` and `expired`, where it had to wait for another action and was no longer allowed to begin.',
    table(['Code', 'Meaning'], codeRows(failures, FAILURES)),
  );
