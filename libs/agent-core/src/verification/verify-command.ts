import {
  type Command,
  commandSubject,
  InvalidPositionError,
  parsePosition,
  type RefusalCode,
  signingBytes,
} from '#libs/contracts';
import { type CommandJournal, isAbove } from '../journal/command-journal.ts';
import type { Fence, JournalEntry } from '../journal/journal-record.ts';
import type { ControlWatch } from './control-watch.ts';

/** A signed message as it came: bytes and headers, nothing parsed. */
export interface SignedMessage {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly keyId: string | undefined;
  readonly signature: string | undefined;
}

export type SignatureVerdict = 'valid' | 'invalid' | 'unknown-key';

export interface SignatureCheck {
  readonly keyId: string;
  /** base64url */
  readonly signature: string;
  readonly bytes: Uint8Array;
}

/** What the agent itself allows for one target, whatever the orchestrator says. */
export interface TargetFloor {
  readonly strategies: readonly string[];
  readonly maxActionsPerHour: number;
}

export interface VerificationContext {
  readonly tenant: string;
  readonly agentId: string;
  readonly verifySignature: (check: SignatureCheck) => Promise<SignatureVerdict>;
  /** Parses and checks against the schema; `undefined` when it doesn't fit. Called for verified bytes only. */
  readonly parseCommand: (body: Uint8Array) => Command | undefined;
  readonly isKeyRevoked: (keyId: string) => boolean;
  /** `undefined` for a service that isn't this agent's. */
  readonly findFloor: (serviceId: string) => TargetFloor | undefined;
  readonly control: ControlWatch;
  readonly journal: CommandJournal;
}

export type CommandVerdict =
  | { readonly kind: 'accepted'; readonly command: Command; readonly fence: Fence }
  /** Seen before: answer again with what the journal holds, and never act. */
  | { readonly kind: 'known'; readonly command: Command; readonly entry: JournalEntry }
  /** Refused by rule. The command is authentic, so the orchestrator is told. */
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly command: Command }
  /** Nobody knows who wrote it, so nothing in it is believed, its id included: counted, and not answered. */
  | { readonly kind: 'untrusted'; readonly code: RefusalCode };

export const MAX_COMMAND_BYTES = 65_536;
const HOUR_MS = 3_600_000;

/**
 * Judges a command in the order: size, signature, schema, target, key, expiry, fence, seen, heartbeat, allow-list, rate. What
 * follows, the journal and the act, is the caller's. One deviation, and a safe one: a known command is recognised before its
 * expiry and fence are looked at, because its fence is the last accepted one, and it must get its recorded answer again.
 */
export async function verifyCommand(message: SignedMessage, context: VerificationContext): Promise<CommandVerdict> {
  const { keyId, signature, body } = message;
  if (body.length > MAX_COMMAND_BYTES) return { kind: 'untrusted', code: 'too-large' };
  if (keyId === undefined || signature === undefined) return { kind: 'untrusted', code: 'unsigned' };
  const bytes = signingBytes(asciiBytes(message.subject), body);
  const verdict = await context.verifySignature({ keyId, signature, bytes });
  if (verdict !== 'valid') return { kind: 'untrusted', code: verdict === 'invalid' ? 'bad-signature' : verdict };
  const command = context.parseCommand(body);
  return command === undefined ? { kind: 'untrusted', code: 'bad-schema' } : judge(message, command, context);
}

/** The command is the orchestrator's own words; whether it is carried out is still this agent's decision. */
function judge(message: SignedMessage, command: Command, context: VerificationContext): CommandVerdict {
  const refused = (code: RefusalCode): CommandVerdict => ({ kind: 'refused', code, command });
  const floor = context.findFloor(command.target.service_id);
  const isOurs = message.subject === commandSubject(context.tenant, context.agentId) && command.agent_id === context.agentId;
  if (!isOurs || floor === undefined) return refused('other-target');
  if (command.key_id !== message.keyId) return refused('key-mismatch');
  if (context.isKeyRevoked(command.key_id)) return refused('key-revoked');

  const entry = context.journal.find(command.command_id);
  if (entry !== undefined) return { kind: 'known', command, entry };

  const fence = readFence(command);
  if (fence === undefined) return refused('bad-schema');
  const code =
    checkExpiry(command, context.control) ??
    checkFence(command, fence, context) ??
    checkControl(command, context.control) ??
    checkFloor(command, floor, context);
  return code === undefined ? { kind: 'accepted', command, fence } : refused(code);
}

/** What keeps a command that was accepted from beginning now: it may have waited behind another one. */
export const findHindrance = (command: Command, control: ControlWatch): RefusalCode | undefined =>
  checkControl(command, control) ?? checkExpiry(command, control);

function checkExpiry(command: Command, control: ControlWatch): RefusalCode | undefined {
  const nowMs = control.orchestratorNowMs();
  if (nowMs === undefined) return 'time-unknown';
  // Written so that a date that can't be read counts as expired.
  return nowMs < Date.parse(command.expires_at) ? undefined : 'expired';
}

function checkFence(command: Command, fence: Fence, context: VerificationContext): RefusalCode | undefined {
  const last = context.journal.findFence(command.target.service_id);
  if (fence.log_id !== context.control.logId || (last !== undefined && fence.log_id !== last.log_id)) return 'other-log';
  return isAbove(fence, last) ? undefined : 'stale-fence';
}

function checkControl(command: Command, control: ControlWatch): RefusalCode | undefined {
  if (control.isStopped(command)) return 'control-stopped';
  return control.status() === 'running' ? undefined : 'control-stale';
}

function checkFloor(command: Command, floor: TargetFloor, { journal }: VerificationContext): RefusalCode | undefined {
  if (!floor.strategies.includes(command.strategy)) return 'strategy-not-allowed';
  // At most one for each action that the rate allowed.
  if (command.undoes !== undefined) return undefined;
  return journal.countStarts(command.target.service_id, HOUR_MS) < floor.maxActionsPerHour ? undefined : 'rate-limited';
}

/** The schema lets leading zeros and too large numbers through, which are no positions. */
function readFence({ fence }: Command): Fence | undefined {
  try {
    return { log_id: fence.log_id, position: parsePosition(fence.position) };
  } catch (error) {
    if (error instanceof InvalidPositionError) return undefined;
    throw error;
  }
}

/** Subjects are ASCII by their rules; another character becomes a byte that no signature covers. */
export const asciiBytes = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length }, (_, i) => Math.min(text.charCodeAt(i), 0xff));
