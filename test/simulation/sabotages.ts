import type { CommandJournal, ControlWatch, JournalStorage } from '#libs/agent-core';
import type { AppendRequest, Checkpoints, EventStore, StoredEvent } from '#libs/event-store';
import { ack, type InboundMessage } from '#libs/messaging';
import { parseAgentSubject } from '#libs/contracts';
import { ControlSwitch } from '../../src/healing/control/control-switch.service.ts';
import { NOTHING_STOPPED } from '../../src/healing/control/control.ts';
import { DeferredDecisions } from '../../src/healing/starting/deferred-decisions.service.ts';
import { TargetContextsService } from '../../src/healing/starting/target-contexts.service.ts';
import { Prober } from '../../src/healing/verification/probe.ts';
import { ReceiptsService } from '../../src/intake/receipts.service.ts';
import { Database } from '../../src/platform/database/database.ts';
import { type BreachCode, breach } from './judge/breach.ts';
import type { Container } from './orchestrator/container.ts';
import { ReadSide } from './tables/read-side.ts';
import { type Intake, SOUND, type Wiring } from './wiring.ts';

/** A defect of a kind that is made again and again, put into the wiring of a world. */
export interface Sabotage {
  readonly name: string;
  readonly what: string;
  /** The law that it breaks. Whatever else goes wrong with it doesn't show that it is found. */
  readonly breaks: BreachCode;
  readonly wiring: Wiring;
}

interface Defect extends Partial<Wiring> {
  readonly what: string;
  readonly breaks: BreachCode;
}

const sabotage = (name: string, { what, breaks, ...changed }: Defect): Sabotage => ({
  name,
  what,
  breaks,
  wiring: { ...SOUND, ...changed },
});

const withAppend = (store: EventStore, change: (request: AppendRequest) => AppendRequest): EventStore =>
  new Proxy(store, {
    get: (target, name) => {
      if (name === 'append') return (request: AppendRequest) => target.append(change(request));
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

function receiptFirst(intake: Intake, container: Container): Intake {
  const idsOf = (message: InboundMessage): string[] => {
    const { items = [] } = message.json() as { items?: { error: { id: string } }[] };
    return items.map(({ error }) => error.id);
  };
  return {
    takeResults: (messages) => intake.takeResults(messages),
    takeSignals: (messages) => intake.takeSignals(messages),
    takeReports: async (messages) => {
      const told = messages.map((message) => {
        const agentId = parseAgentSubject(message.subject)?.agentId ?? '';
        return { agentId, ids: idsOf(message), rejected: [] };
      });
      container.get(ReceiptsService).send('report', told);
      intake.takeReports(messages).catch(() => undefined);
      return messages.map(ack);
    },
  };
}

/** Results that tell of a failure can't be read. */
const stumble = (intake: Intake): Intake => ({
  takeReports: (messages) => intake.takeReports(messages),
  takeSignals: (messages) => intake.takeSignals(messages),
  takeResults: async (messages) => {
    const phases = messages.map((message) => (message.json() as { phase?: string }).phase);
    if (phases.includes('failed')) throw new Error('it can not be read');
    return intake.takeResults(messages);
  },
});

/** Slots are taken whoever holds them. */
const takeAnySlot = (request: AppendRequest): AppendRequest => ({
  ...request,
  writes: request.writes.map((write) => (write.stream.startsWith('slot-') ? { ...write, expected: 'any' } : write)),
});

function forgetKeys(request: AppendRequest): AppendRequest {
  if (!request.writes.some(({ stream }) => stream.startsWith('report-'))) return request;
  const { writes, conditions } = request;
  return { writes, ...(conditions === undefined ? {} : { conditions }) };
}

const beginAtHead = (checkpoints: Checkpoints, head: () => number): Checkpoints => ({
  load: async (name) => {
    const stored = await checkpoints.load(name);
    if (stored === 0 || head() <= stored) return stored;
    await checkpoints.advance(name, stored, head());
    return head();
  },
  loadAll: () => checkpoints.loadAll(),
  advance: (name, from, to) => checkpoints.advance(name, from, to),
});

/** A start knows of no timer that was set before it. */
const forgetTimers = (database: Database, headAtStart: number): Database =>
  Object.assign(Object.create(Database.prototype), {
    readTime: () => database.readTime(),
    query: async (question: string, values: unknown[]) => {
      const rows = await database.query<{ position: number }>(question, values);
      return question.includes('FROM fix_timers') ? rows.filter(({ position }) => Number(position) > headAtStart) : rows;
    },
  }) as Database;

const LATE_MS = 10_000;

const writeLater = (storage: JournalStorage): JournalStorage => ({
  load: () => storage.load(),
  rewrite: (records) => storage.rewrite(records),
  append: async (records) => void setTimeout(() => void storage.append(records), LATE_MS),
});

const FAR = 1e9;

/** Every fence is above the last one. */
function ignoreFence(journal: CommandJournal): CommandJournal {
  let times = 0;
  return new Proxy(journal, {
    get: (target, name) => {
      if (name === 'findFence') return () => undefined;
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'start') return value.bind(target) as unknown;
      return (request: Parameters<CommandJournal['start']>[0]) => {
        times += 1;
        return target.start({ ...request, fence: { ...request.fence, position: request.fence.position + times * FAR } });
      };
    },
  });
}

/** No command is ever too old. */
const stopClock = (control: ControlWatch): ControlWatch =>
  new Proxy(control, {
    get: (target, name) => {
      if (name === 'orchestratorNowMs') return () => 0;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

/** Takes itself for one that may act, whatever it was told. */
const ignoreControl = (control: ControlWatch): ControlWatch =>
  new Proxy(control, {
    get: (target, name) => {
      if (name === 'isStopped') return () => false;
      if (name === 'status') return () => 'running';
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

const EVERY = 23;

class SkippingReadSide extends ReadSide {
  protected override take(event: StoredEvent): void {
    if (event.position % EVERY !== 0) super.take(event);
  }
}

/** Commands as if nothing were ever stopped. */
function ignoreStops(container: Container): void {
  const control = container.get(ControlSwitch);
  const read = (): ControlSwitch['current'] => Reflect.get(ControlSwitch.prototype, 'current', control);
  Object.defineProperty(control, 'current', { get: () => ({ ...read(), state: NOTHING_STOPPED }) });
}

function allowEverything(container: Container): void {
  container.get(TargetContextsService).ask = async (guards, context) => ({
    words: guards.map(({ name }) => ({ guard: name, verdict: 'allow', reason_code: 'ok' })),
    context,
  });
}

/** One of each kind. What the simulation doesn't find of them it doesn't find in the product either. */
export const SABOTAGES: readonly Sabotage[] = [
  sabotage('receipt-before-commit', {
    what: 'a report is receipted and acknowledged before it is stored',
    breaks: 'report-lost',
    wrapIntake: receiptFirst,
  }),
  sabotage('handler-crashes', {
    what: 'results of one kind crash whoever takes them in',
    breaks: 'given-up',
    wrapIntake: stumble,
  }),
  sabotage('slot-without-condition', {
    what: 'a target is reserved whoever holds it',
    breaks: 'two-live-fixes',
    wrapStore: (store) => withAppend(store, takeAnySlot),
  }),
  sabotage('key-forgotten', {
    what: 'reports are stored without their keys',
    breaks: 'report-doubled',
    wrapStore: (store) => withAppend(store, forgetKeys),
  }),
  sabotage('fence-ignored', {
    what: 'an agent looks neither at the fence of a command nor at its age',
    breaks: 'stale-fence',
    wrapFence: ignoreFence,
    wrapControl: stopClock,
  }),
  sabotage('stop-unheard', {
    what: 'an agent acts whatever it was told of stops',
    breaks: 'unlicensed-effect',
    wrapControl: ignoreControl,
  }),
  sabotage('probe-believed', {
    what: 'whatever is looked at is found up',
    breaks: 'healed-unseen',
    replaceParts: (container) => {
      container.get(Prober).probe = async () => ({ ok: true, reasonCode: 'status-200', latencyMs: 1 });
    },
  }),
  sabotage('journal-late', {
    what: 'an agent acts before its journal is on the disk',
    breaks: 'second-effect',
    wrapJournal: writeLater,
  }),
  sabotage('guard-fails-open', { what: 'every guard allows', breaks: 'guard-breached', replaceParts: allowEverything }),
  sabotage('stop-ignored', {
    what: 'what is stopped is commanded all the same',
    breaks: 'command-after-stop',
    replaceParts: ignoreStops,
  }),
  sabotage('stop-kept', {
    what: 'whoever lets what is stopped go on is told so, and it does not',
    breaks: 'still-stopped',
    replaceParts: (container) => {
      container.get(ControlSwitch).resume = async () => undefined;
    },
  }),
  sabotage('deferred-forgotten', {
    what: 'nobody asks again about what was deferred',
    breaks: 'still-objected',
    replaceParts: (container) => {
      container.get(DeferredDecisions).askAgain = async () => undefined;
    },
  }),
  sabotage('timer-lost', {
    what: 'a start knows nothing of timers that were set before it',
    breaks: 'open-saga',
    wrapDatabase: (database, { store }) => forgetTimers(database, store.log.headPosition),
  }),
  sabotage('reader-skips', {
    what: 'a start reads on from the end of the log',
    breaks: 'report-uncounted',
    wrapCheckpoints: (checkpoints, { store }) => beginAtHead(checkpoints, () => store.log.headPosition),
  }),
  sabotage('projection-skips', {
    what: 'a read model leaves an event out now and then',
    breaks: 'read-model-differs',
    createReadSide: (server) => new SkippingReadSide(server),
  }),
];

/** What shows it, of all that is wrong with a world. */
export const findBreach = ({ breaks }: Pick<Sabotage, 'breaks'>, violations: readonly string[]): string | undefined =>
  violations.find((violation) => violation.startsWith(breach(breaks, '')));
