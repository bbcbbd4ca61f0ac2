import { setImmediate as nextTurn } from 'node:timers/promises';
import { ZantaraError } from '#libs/contracts';
import type { AppendRequest, AppendResult, PostgresEventStore } from '#libs/event-store';
import { checkStoredLog, Random, type Violation } from '#libs/testing';
import type { LedgerEntry } from '../kills/append-ledger.ts';
import { judgeStore, type StoreFindings } from '../kills/judge-kills.ts';
import { type Doubt, DOUBTS } from './doubts.ts';
import { DoubtStage } from './doubt-stage.ts';
import { type Asked, isSuccess, Senders, toEntry, withOtherContent } from './senders.ts';

export interface DoubtOptions {
  readonly times: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
}

interface Counts {
  /** Requests whose first try was committed without a word, and whose repetition was told so. */
  foundCommitted: number;
  /** Rounds in which something else was found than has happened. */
  misjudged: number;
  /** Refused though they were right. */
  falseConflicts: number;
  /** Stored though they had to be refused. */
  wronglyStored: number;
  /** Asked once more afterwards, by somebody else, and answered otherwise than the first time. */
  answeredOtherwise: number;
}

export interface DoubtRun extends Counts, StoreFindings {
  readonly rounds: Readonly<Record<string, number>>;
  readonly stored: number;
  readonly violations: readonly Violation[];
}

/** Leaves appends in doubt again and again, repeats them until they are answered, and compares the answers with the log. */
export async function runDoubt({ times, seed, say = () => {} }: DoubtOptions): Promise<DoubtRun> {
  const stage = await DoubtStage.open();
  const run = new DoubtRounds(stage);
  try {
    await run.begin();
    for (const [n, doubt] of planDoubts(times, seed).entries()) {
      await run.round(doubt);
      if ((n + 1) % 20 === 0) say(`${n + 1} times`);
    }
    const rows = await stage.readRows();
    return {
      ...run.counts,
      rounds: Object.fromEntries(run.rounds),
      stored: rows.length,
      ...judgeStore(rows, run.entries),
      violations: await checkStoredLog(stage.database.ownerUrl),
    };
  } finally {
    await stage.close();
  }
}

/** Each kind as often as the others, in an order that follows from the seed. */
function planDoubts(times: number, seed: number): Doubt[] {
  const random = new Random(seed);
  const left: Doubt[] = [];
  return Array.from({ length: times }, () => {
    if (left.length === 0) left.push(...DOUBTS);
    const [next] = left.splice(random.below(left.length), 1);
    if (next === undefined) throw new Error('there is no kind of doubt');
    return next;
  });
}

class DoubtRounds {
  readonly counts: Counts = { foundCommitted: 0, misjudged: 0, falseConflicts: 0, wronglyStored: 0, answeredOtherwise: 0 };
  readonly rounds = new Map<string, number>(DOUBTS.map(({ name }) => [name, 0]));
  readonly entries: LedgerEntry[] = [];
  private readonly senders = new Senders();

  constructor(private readonly stage: DoubtStage) {}

  async begin(): Promise<void> {
    const first = this.senders.first();
    this.entries.push(toEntry(first, await appendSurely(this.stage.store, first.request)));
  }

  async round({ name, isCommitted, run }: Doubt): Promise<void> {
    const asked = this.senders.next();
    const answers = new Map<Asked, AppendResult>();
    const send = async (one: Asked): Promise<void> => {
      answers.set(one, await appendSurely(this.stage.store, one.request));
    };
    // Some share the commit that comes to be in doubt, and some wait behind it.
    await run(this.stage, async () => {
      const together = asked.slice(0, asked.length / 2 + 1).map(send);
      await nextTurn();
      await Promise.all([...together, ...asked.slice(asked.length / 2 + 1).map(send)]);
    });
    this.senders.noteStored(asked, (one) => isStored(answers.get(one)));
    const found = [...answers.values()].filter(({ status }) => status === 'repeated').length;
    this.counts.foundCommitted += found;
    if (found > 0 !== isCommitted) this.counts.misjudged += 1;
    this.rounds.set(name, (this.rounds.get(name) ?? 0) + 1);
    for (const [one, answer] of answers) await this.judge(one, answer);
  }

  private async judge(asked: Asked, answer: AppendResult): Promise<void> {
    this.entries.push(toEntry(asked, answer));
    if (asked.isRightful && !isSuccess(answer)) this.counts.falseConflicts += 1;
    if (!asked.isRightful && isSuccess(answer)) this.counts.wronglyStored += 1;
    const again = await appendSurely(this.stage.witness, asked.request);
    const isSame = isSuccess(again)
      ? isSuccess(answer) && again.status === 'repeated' && again.firstPosition === answer.firstPosition
      : !isSuccess(answer);
    const isTakenForAnother = asked.isKeyed && isSuccess(answer) && !(await this.isRefusedAsReused(asked));
    if (!isSame || isTakenForAnother) this.counts.answeredOtherwise += 1;
  }

  private async isRefusedAsReused(asked: Asked): Promise<boolean> {
    const answer = await appendSurely(this.stage.witness, withOtherContent(asked));
    return answer.status === 'conflict' && answer.conflict.reason === 'key-reused';
  }
}

const isStored = (answer: AppendResult | undefined): boolean => answer !== undefined && isSuccess(answer);

/** The very same request until it is answered, as everybody has to who was told that it may be tried again. */
async function appendSurely(store: PostgresEventStore, request: AppendRequest): Promise<AppendResult> {
  for (;;) {
    const result = await store.append(request).catch((error: unknown) => {
      if (error instanceof ZantaraError && error.retryable) return undefined;
      throw error;
    });
    if (result !== undefined) return result;
  }
}
