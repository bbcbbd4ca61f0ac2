import type { LogEvidence, Random } from '#libs/testing';
import type { ProbeOutcome } from '../../src/healing/saga/fix-saga.inputs.ts';
import type { Bus } from './bus/bus.ts';
import type { DatabaseServer } from './log/database-server.ts';
import type { Scheduler } from './runtime/scheduler.ts';
import type { SimProcess } from './runtime/sim-process.ts';
import type { ReadSide } from './tables/read-side.ts';
import type { Weather } from './weather.ts';
import type { Wiring } from './wiring.ts';

export type Effect = LogEvidence['ledgers'][number]['effects'][number] & { readonly agentId: string };

/** What the processes of a world find around them. */
export interface Setting {
  readonly scheduler: Scheduler;
  readonly wiring: Wiring;
  readonly random: Random;
  readonly weather: Weather;
  readonly bus: Bus;
  readonly database: DatabaseServer;
  readonly readSide: ReadSide;
  /** On a real disk. */
  readonly folder: string;
  /** Not everything is calm yet. */
  readonly isRough: boolean;
  /** The orchestrator's own look at a service, over the network. */
  probe(owner: SimProcess, url: string, timeoutMs: number): Promise<ProbeOutcome>;
  mayKillAgent(process: SimProcess): boolean;
  killAgent(process: SimProcess, why: string): void;
  /** @param objection what the agent had been told that speaks against it */
  noteEffect(effect: Effect, objection: string | undefined): void;
  noteProblem(owner: SimProcess, message: string, error: unknown): void;
  tell(owner: SimProcess, line: () => string): void;
}
