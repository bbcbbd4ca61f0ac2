import { ZantaraError } from '#libs/contracts';
import type { ApprovalProblem } from './approval/approval.decider.ts';

/** The log names a strategy that this release doesn't have. */
export class UnknownStrategyError extends ZantaraError {
  constructor(strategy: string) {
    super(`strategy ${strategy} is not in the registry`, {
      code: 'unknown-strategy',
      kind: 'invalid',
      remediation: 'Run a release that has this strategy; its fixes stay where they are until then.',
    });
  }
}

/** The key file for signing commands can't be read or isn't one. */
export class SigningKeyError extends ZantaraError {
  constructor(file: string, cause: unknown) {
    super(`${file} holds no usable Ed25519 signing key`, {
      code: 'signing-key-unusable',
      kind: 'invalid',
      remediation: 'Restore the file from a backup, or remove it to have a new key made; agents then need the new public key.',
      cause,
    });
  }
}

/** Another process is changing the signing keys. */
export class SigningKeysBusyError extends ZantaraError {
  constructor(lock: string, cause: unknown) {
    super(`${lock} can't be taken: the signing keys are being changed`, {
      code: 'signing-keys-busy',
      kind: 'unavailable',
      remediation: 'Try again: a change takes milliseconds, and what a killed one left is ignored after 10 s.',
      cause,
    });
  }
}

/** No published signing key has this id. */
export class SigningKeyUnknownError extends ZantaraError {
  constructor(keyId: string) {
    super(`no published key has the id ${keyId}`, {
      code: 'signing-key-unknown',
      kind: 'invalid',
      remediation: 'List the keys. Agents refuse a key that is not published, so there is nothing to revoke.',
    });
  }
}

/** The key that signs can't be revoked: every command would be refused. */
export class SigningKeyInUseError extends ZantaraError {
  constructor(keyId: string) {
    super(`${keyId} is the key that signs`, {
      code: 'signing-key-in-use',
      kind: 'rejected',
      remediation: 'Rotate first, then revoke it.',
    });
  }
}

/** Nobody knows of a fix with this id. */
export class FixNotFoundError extends ZantaraError {
  constructor(fixId: string) {
    super(`there is no fix ${fixId.slice(0, 100)}`, {
      code: 'fix-not-found',
      kind: 'invalid',
      remediation: 'List them: zantara fixes, or what waits for persons: zantara approvals.',
    });
  }
}

const REFUSED_APPROVALS: Readonly<Record<ApprovalProblem, readonly [message: string, remediation: string]>> = {
  'nothing-to-approve': ['does not wait for persons', 'List what does: zantara approvals.'],
  'approval-expired': ['waited too long, which counts as a no', 'Look at its incident: a person has to act now.'],
  'action-changed': ['is about another action than the one that was seen', 'Look at it again: zantara approvals.'],
  'role-may-not-approve': ['needs another role', 'Ask somebody with one of its approver_roles.'],
  'own-request': ['was asked for by the same person', 'Ask somebody else.'],
  'approved-already': ['was approved by the same person before', 'Another person has to approve it as well.'],
};

/** The word of a person on an action counts for nothing. */
export class ApprovalRefusedError extends ZantaraError {
  constructor(fixId: string, problem: ApprovalProblem) {
    const [message, remediation] = REFUSED_APPROVALS[problem];
    super(`${fixId} ${message}`, { code: problem, kind: 'rejected', remediation });
  }
}

/** Agents act only while they hear that commands may be carried out, and this process hasn't said so yet. */
export class AgentsNotToldError extends ZantaraError {
  constructor() {
    super('the running heartbeat was not published yet', {
      code: 'agents-not-told',
      kind: 'unavailable',
      remediation: 'Nothing to do: the command is published right after the heartbeat.',
    });
  }
}
