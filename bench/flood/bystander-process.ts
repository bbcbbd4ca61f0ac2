import type { ChildProcess } from 'node:child_process';
import type { AgentWireOptions } from '../agents/agent-wire.ts';
import { askProgram, startProgramToAsk } from '../report/ask-program.ts';
import type { BystanderAccount } from './bystander.ts';

/** What it is asked; each is answered by its account so far. */
export type Question =
  | { readonly ask: 'start'; readonly options: AgentWireOptions }
  | { readonly ask: 'account' }
  | { readonly ask: 'end'; readonly withinMs: number };

const PROGRAM = new URL('bystander.main.ts', import.meta.url);

/** The bystander in a process of its own: the account of a million reports would make it late now and then, and not who takes them in. */
export class BystanderProcess {
  private constructor(private readonly program: ChildProcess) {}

  static async start(options: AgentWireOptions): Promise<BystanderProcess> {
    const started = new BystanderProcess(startProgramToAsk(PROGRAM));
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
    return askProgram(this.program, question);
  }
}
