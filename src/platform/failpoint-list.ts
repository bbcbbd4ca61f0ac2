/** Steps of the loop at which a test may break the process, in the order of the loop, each with what holds there. */
export const FAILPOINTS = {
  'intake.received': 'reports were handed over by the broker, and nothing is done yet',
  'intake.stored': 'reports are stored, and their agents have no receipt',
  'result.received': 'results were handed over by the broker, and nothing is done yet',
  'result.stored': 'results are stored, and their agents have no receipt',
  'message.handled': 'receipts are sent, and nothing is acknowledged to the broker',
  'message.acknowledged': 'a batch of messages is acknowledged',
  'message.buried': 'a dead letter is stored, and the broker still has the message',
  'log.appending': 'a batch of appends is about to be sent to the database',
  'log.committed': 'a batch of appends is committed, and nobody was answered',
  'reader.handled': 'a reader of the log has handled a page, and its progress is not stored',
  'reader.checkpointed': 'the progress of a reader of the log is stored',
  'incident.decided': 'what becomes of an incident is decided, and not stored',
  'incident.stored': 'what became of an incident is stored',
  'decision.drafted': 'what is to be done about an incident is decided, and not stored',
  'decision.stored': 'a decision is stored, with the command that follows from it',
  'command.relaying': 'commands are about to be published',
  'command.published': 'the broker has the commands, and the relay has not noted it',
  'timer.due': 'a timer of a fix is due, and nothing is done yet',
  'probe.answered': 'the service that a fix is about was looked at, and nothing is stored',
  'fix.reacted': 'what becomes of a fix is decided, and not stored',
  'fix.moved': 'what became of a fix is stored',
  'read-models.folded': 'what the next page means for read models is known, and not written',
  'read-models.written': 'rows, digests and progress of read models are committed',
  'feed.published': 'the feed has the next events, and its reader has not noted it',
  'escalation.attempted': 'it is stored that somebody is about to be told, and nobody was called',
  'escalation.told': 'somebody was told, and that is not stored',
  'precedence.kept': 'it was just found out whether this orchestrator goes first',
  'heartbeat.published': 'the agents have a new lease: for ten seconds they may act',
} as const;

export type FailpointName = keyof typeof FAILPOINTS;

/** `kill`: as kill -9; `throw`: an error; `pause`: this step waits, others go on; `stall`: the thread does nothing at all; `hang`: for ever. */
export const FAILPOINT_ACTIONS = ['kill', 'throw', 'pause', 'stall', 'hang'] as const;

export type FailpointAction = (typeof FAILPOINT_ACTIONS)[number];

/** What happens at one step. */
export interface ArmedFailpoint {
  readonly name: FailpointName;
  readonly action: FailpointAction;
  /** Of a pause or stall. */
  readonly ms: number;
  /** Which time it is reached, from 1. */
  readonly from: number;
  /** Each time from then on, and not only then. */
  readonly isRepeated: boolean;
}

const ENTRY = /^([a-z-]+\.[a-z-]+)=([a-z]+)(?:\((\d{1,7})\))?(?:@(\d{1,7})(\+?))?$/;
const DEFAULT_MS = 1_000;

const isName = (name: string): name is FailpointName => Object.hasOwn(FAILPOINTS, name);
const findAction = (name: string): FailpointAction | undefined => FAILPOINT_ACTIONS.find((action) => action === name);

/**
 * Reads `NAME=ACTION[(MS)][@N[+]]`, several separated by commas: at the N-th time that the step is reached (the first unless told), with
 * `+` each time from then on.
 *
 * @throws SyntaxError that names what can't be read
 */
export function parseFailpoints(text: string): ArmedFailpoint[] {
  const failpoints = text.split(',').flatMap((entry) => (entry.trim() === '' ? [] : parseOne(entry.trim())));
  const twice = failpoints.find(({ name }, index) => failpoints.findIndex((other) => other.name === name) < index);
  if (twice !== undefined) throw new SyntaxError(`${twice.name} stands there twice`);
  return failpoints;
}

function parseOne(entry: string): ArmedFailpoint {
  const [, name = '', verb = '', ms, from, repeated] = ENTRY.exec(entry) ?? [];
  const action = findAction(verb);
  if (!isName(name)) throw new SyntaxError(`${entry}: a failpoint is one of ${Object.keys(FAILPOINTS).join(', ')}`);
  if (action === undefined) throw new SyntaxError(`${entry}: what happens is one of ${FAILPOINT_ACTIONS.join(', ')}`);
  if (from === '0') throw new SyntaxError(`${entry}: the first time is 1`);
  return {
    name,
    action,
    ms: Number(ms ?? DEFAULT_MS),
    from: Number(from ?? 1),
    isRepeated: repeated === '+',
  };
}
