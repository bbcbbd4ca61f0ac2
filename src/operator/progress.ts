/** Where progress is told. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const EVERY_MS = { terminal: 200, elsewhere: 5_000 };
const CLEAR_LINE = '\r\u001b[2K';

/** Says how far a long work has come, how fast, and how long it will take: in place on a terminal, elsewhere a line now and then. */
export class Progress {
  readonly #output: ProgressOutput;
  readonly #nowMs: () => number;
  #startedMs: number;
  #startedAt = 0;
  #toldMs: number;
  #isLineOpen = false;

  constructor(output: ProgressOutput, nowMs: () => number = () => performance.now()) {
    this.#output = output;
    this.#nowMs = nowMs;
    this.#startedMs = nowMs();
    this.#toldMs = this.#startedMs;
  }

  /** Another work begins; its rate is its own. */
  restart(): void {
    this.#startedMs = this.#nowMs();
    this.#startedAt = -1;
  }

  report(done: number, total: number, what: string): void {
    if (this.#startedAt < 0) this.#startedAt = done;
    const isTerminal = this.#output.isTTY === true;
    if (this.#nowMs() - this.#toldMs < (isTerminal ? EVERY_MS.terminal : EVERY_MS.elsewhere)) return;
    this.#toldMs = this.#nowMs();
    const rate = (done - this.#startedAt) / ((this.#toldMs - this.#startedMs) / 1000);
    const line = describeProgress(done, total, { rate, what });
    this.#output.write(isTerminal ? CLEAR_LINE + line : `${line}\n`);
    this.#isLineOpen = isTerminal;
  }

  /** Takes away what is in place, so that something else can be said. */
  clear(): void {
    if (this.#isLineOpen) this.#output.write(CLEAR_LINE);
    this.#isLineOpen = false;
  }
}

function describeProgress(done: number, total: number, { rate, what }: { rate: number; what: string }): string {
  const left = rate > 0 ? Math.ceil((total - done) / rate) : '?';
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
  return `${percent} %, ${count(done)} of ${count(total)} ${what}, ${count(Math.round(rate))}/s, ${left} s left`;
}

const count = (value: number): string => value.toLocaleString('en-US');
