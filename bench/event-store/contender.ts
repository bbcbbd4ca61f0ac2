import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A program beside this one, so that who publishes and who is measured share no thread. It sends a message when it is ready. */
export class Contender {
  private constructor(readonly program: ChildProcess) {}

  static async start(file: string, args: readonly string[], options: ForkOptions = {}): Promise<Contender> {
    const program = fork(fileURLToPath(new URL(file, import.meta.url)), args, options);
    const ended = once(program, 'exit').then(([code]) => {
      throw new Error(`${file} ended with ${String(code)} before it was ready`);
    });
    await Promise.race([once(program, 'message'), ended]);
    ended.catch(() => undefined);
    return new Contender(program);
  }

  async close(): Promise<void> {
    const ended = once(this.program, 'exit');
    this.program.kill();
    await ended;
  }
}
