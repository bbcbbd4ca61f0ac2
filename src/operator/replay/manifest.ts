import { createHash, type Hash } from 'node:crypto';
import type { Selection } from './selection.ts';

/** What a replay was of, and what came out: the same replay has the same manifest. Nothing of the clock is in it. */
export interface ReplayManifest {
  readonly kind: 'manifest';
  readonly log_id: string;
  readonly product_version: string;
  readonly range: { readonly from: string; readonly to: string };
  readonly selection: Selection;
  /** Of each line: events only, or with what they did to the rows of the read models. */
  readonly with_effects: boolean;
  /** How many were selected, and how many of them some read model could not handle. */
  readonly events: number;
  readonly events_with_problems: number;
  readonly read_models: readonly { read_model: string; version: number; digest: string }[];
  /** SHA-256 of the lines that tell the events, each with its line end. */
  readonly result_sha256: string;
}

/** Counts and hashes what a replay tells. */
export class ResultHash {
  readonly #hash: Hash = createHash('sha256');
  events = 0;
  eventsWithProblems = 0;

  add(line: string, hasProblems: boolean): void {
    this.#hash.update(`${line}\n`);
    this.events += 1;
    if (hasProblems) this.eventsWithProblems += 1;
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}
