import { type ChildProcess, fork, type ForkOptions, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A program beside this one: who is measured shares no thread, no heap and no compiled code with anybody. It says when it is ready. */
export class Contender {
  private constructor(
    readonly program: ChildProcess,
    private readonly ended: Promise<never>,
  ) {}

  static async start(file: string, args: readonly string[], options: ForkOptions = {}): Promise<Contender> {
    const program = fork(fileURLToPath(new URL(file, import.meta.url)), args, options);
    const ended = once(program, 'exit').then(([code]) => {
      throw new Error(`${file} ended with ${String(code)}`);
    });
    ended.catch(() => undefined);
    await Promise.race([once(program, 'message'), ended]);
    return new Contender(program, ended);
  }

  /** Has it do something, and waits for its answer. */
  async ask(wish: Serializable): Promise<unknown> {
    const answer = once(this.program, 'message');
    this.program.send(wish);
    const said: unknown[] = await Promise.race([answer, this.ended]);
    return said[0];
  }

  async close(): Promise<void> {
    this.program.kill();
    await this.ended.catch(() => undefined);
  }
}
