import { type ControlState, controlSubject, signingBytes } from '#libs/contracts';
import { asciiBytes, type SignatureCheck, type SignatureVerdict, type SignedMessage } from './verify-command.ts';

export interface ControlVerification {
  readonly tenant: string;
  readonly verifySignature: (check: SignatureCheck) => Promise<SignatureVerdict>;
  readonly parseControlState: (body: Uint8Array) => ControlState | undefined;
  readonly isKeyRevoked: (keyId: string) => boolean;
}

/** Holds both lists at their longest: 1,000 names of 63 characters and 1,000 strategies of 68. */
export const MAX_CONTROL_BYTES = 163_840;

/** The control state in a message, when the orchestrator signed it for this tenant; `undefined` for anything else. */
export async function verifyControlState(
  message: SignedMessage,
  context: ControlVerification,
): Promise<ControlState | undefined> {
  const { subject, body, keyId, signature } = message;
  const isPlausible = body.length <= MAX_CONTROL_BYTES && subject === controlSubject(context.tenant);
  if (!isPlausible || keyId === undefined || signature === undefined) return undefined;
  const bytes = signingBytes(asciiBytes(subject), body);
  if ((await context.verifySignature({ keyId, signature, bytes })) !== 'valid') return undefined;
  // Asked last: a revocation may be noticed while the key is looked up.
  if (context.isKeyRevoked(keyId)) return undefined;
  const state = context.parseControlState(body);
  return state?.key_id === keyId ? state : undefined;
}
