import type { ProbeOutcome } from '../../src/healing/saga/fix-saga.inputs.ts';
import { Prober } from '../../src/healing/verification/probe.ts';

export const CLEAN: ProbeOutcome = { ok: true, reasonCode: 'status-200', latencyMs: 1 };
export const DIRTY: ProbeOutcome = { ok: false, reasonCode: 'econnrefused', latencyMs: 1 };

/** Answers as the test says, and remembers what it was asked. */
export class StubProber extends Prober {
  readonly asked: string[] = [];
  answer: ProbeOutcome = CLEAN;
  /** What happens while it is asked. */
  meanwhile: () => Promise<void> = async () => {};

  override async probe(url: string): Promise<ProbeOutcome> {
    this.asked.push(url);
    await this.meanwhile();
    return this.answer;
  }
}
