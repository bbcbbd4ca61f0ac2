import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AgentWireOptions } from '../agents/agent-wire.ts';
import { LOADER } from '../report/loader.ts';
import type { BystanderAccount } from './bystander.ts';

/** What it is asked; each is answered by its account so far. */
export type Question =
  | { readonly ask: 'start'; readonly options: AgentWireOptions }
  | { readonly ask: 'account' }
  | { readonly ask: 'end'; readonly withinMs: number };

const PROGRAM = fileURLToPath(new URL('bystander.main.ts', import.meta.url));

/** The bystander in a process of its own: the account of a million reports would make it late now and then, and not who takes them in. */
export class BystanderProcess {
  private constructor(private readonly program: ChildProcess) {}

  static async start(options: AgentWireOptions): Promise<BystanderProcess> {
    const started = new BystanderProcess(fork(PROGRAM, { execArgv: LOADER, serialization: 'advanced' }));
    await started.ask({ ask: 'start', options });
    return started;
  }

  async countReported(): Promise<number> {
    return (await this.ask({ ask: 'account' })).timesMs.length;
  }

  /** It reports nothing more, and waits for what has no receipt yet. */
  end(withinMs: number): Promise<BystanderAccount> {
    return this.ask({ ask: 'end', withinMs });
  }

  stop(): void {
    this.program.kill();
  }

  private ask(question: Question): Promise<BystanderAccount> {
    return new Promise((resolve, reject) => {
      const fail = (code: number | null): void => reject(new Error(`the bystander ended with ${String(code)}`));
      this.program.once('exit', fail);
      this.program.once('message', (account: BystanderAccount) => {
        this.program.off('exit', fail);
        resolve(account);
      });
      // One that has ended already says so here.
      this.program.send(question, (error) => {
        if (error !== null) reject(error);
      });
    });
  }
}
