import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { ApprovalAnswer } from '../../src/healing/saga/fix-saga.inputs.ts';
import type { Cause } from '../../src/platform/log/log.ts';

export type Word = 'is-ready' | 'is-about-to-command';

interface Common {
  databaseUrl: string;
}
export type Wish = Common &
  ({ type: 'consider'; incidentId: string; trigger: Cause } | { type: 'approve'; fixId: string; answer: ApprovalAnswer });

const EXEC_ARGV = [
  '--conditions=source',
  '--disable-warning=ExperimentalWarning',
  '--import',
  resolve('scripts/typescript-loader.mjs'),
];

/** Orchestrators' healing sides, each a process, that decide at one moment. */
export class Race {
  private constructor(private readonly racers: readonly ChildProcess[]) {}

  static async start(count: number): Promise<Race> {
    const start = (): ChildProcess => fork(resolve('test/guard-races/racer.main.ts'), [], { execArgv: EXEC_ARGV });
    const racers = Array.from({ length: count }, start);
    await Promise.all(racers.map(hear));
    return new Race(racers);
  }

  /**
   * Each racer has one wish. Once everybody has asked its guards and is about to command, something may happen; then they go on.
   * Tells how many had got as far as that.
   */
  async run(wishes: readonly Wish[], meanwhile: () => Promise<void>): Promise<number> {
    const runners = wishes.map((wish, n) => ({ wish, racer: this.racerAt(n) }));
    const words = await Promise.all(runners.map(({ racer, wish }) => askAndHear(racer, wish)));
    await meanwhile();
    const waiting = runners.filter((_, n) => words[n] === 'is-about-to-command');
    await Promise.all(waiting.map(({ racer }) => askAndHear(racer, 'go-on')));
    return waiting.length;
  }

  async stop(): Promise<void> {
    const ends = this.racers.map((racer) => once(racer, 'exit'));
    for (const racer of this.racers) racer.kill();
    await Promise.all(ends);
  }

  private racerAt(index: number): ChildProcess {
    const racer = this.racers[index];
    if (racer === undefined) throw new Error('there are fewer racers than wishes');
    return racer;
  }
}

function askAndHear(racer: ChildProcess, wish: Wish | 'go-on'): Promise<Word> {
  const heard = hear(racer);
  racer.send(wish);
  return heard;
}

async function hear(racer: ChildProcess): Promise<Word> {
  const heard = new AbortController();
  const { signal } = heard;
  const ended = once(racer, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`a racer ended with ${String(code)}`)));
  try {
    const [word] = (await Promise.race([once(racer, 'message', { signal }), ended])) as [Word];
    return word;
  } finally {
    ended.catch(() => undefined);
    heard.abort();
  }
}
