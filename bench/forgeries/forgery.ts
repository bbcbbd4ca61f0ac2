import type { Command, RefusalCode } from '#libs/contracts';
import type { Random } from '#libs/testing';
import type { CommandMessage, OrchestratorDouble } from '../../test/service-agent/orchestrator-double.ts';
import type { SigningKey } from '../../src/healing/signing/signing-keys.ts';

/** What has to become of a message that must not be carried out. */
export type Fate =
  /** Nobody knows who wrote it: counted, not answered. */
  | { kind: 'untrusted'; code: RefusalCode }
  /** The orchestrator's own words, and against the rules: answered with the reason. */
  | { kind: 'refused'; code: RefusalCode }
  /** Done before: answered again with what it came to. */
  | { kind: 'answered' }
  /** Never gets to this agent. */
  | { kind: 'elsewhere' };

export interface Forgery {
  /** Its headers as they are sent, names and values. */
  headers: readonly (readonly [name: string, value: string])[];
  subject: string;
  body: Uint8Array;
  commandId: string;
  fate: Fate;
}

/** What forgeries are made from. */
export interface Forger {
  readonly orchestrator: OrchestratorDouble;
  readonly random: Random;
  /** Listed in the agent's file as revoked. */
  readonly revokedKey: SigningKey;
  /** In no file, under an id of its own. */
  readonly unknownKey: SigningKey;
  /** Another key under the id of the one that signs. */
  readonly foreignKey: SigningKey;
  /** Good ones that were carried out, the latest last. */
  readonly done: { command: Command; message: CommandMessage }[];
}

/** One good command, signed, that is never sent as it is. */
export function forgeGood({ orchestrator }: Forger, over: Partial<Command> = {}): { command: Command; message: CommandMessage } {
  const command = orchestrator.command(over);
  return { command, message: orchestrator.signCommand(command) };
}
