/** Why an agent doesn't carry a command out, in the order in which it is checked: `reason_code` of a result `refused`. */
export const REFUSAL_CODES = [
  'too-large',
  'unsigned',
  'unknown-key',
  'bad-signature',
  'bad-schema',
  'other-target',
  'key-mismatch',
  'key-revoked',
  'time-unknown',
  'expired',
  'other-log',
  'stale-fence',
  'control-stopped',
  'control-stale',
  'strategy-not-allowed',
  'rate-limited',
  'no-executor',
  'undo-not-offered',
  'nothing-to-undo',
  'undone-before',
  'invalid-parameters',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Why an attempt failed that was begun: `reason_code` of a result `failed` of our own executors. Others may have more. */
export const FAILURE_CODES = [
  'aborted',
  'port-in-use',
  'start-failed',
  'exited-early',
  'not-ready',
  'disk-full',
  'migration-error',
  'configuration-error',
  'executor-error',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/** Why the orchestrator does something, waits, or lets it be: `reason_code` of what it decides and finds out, led by a guard's name where it is that guard's word. */
export type OrchestratorCode =
  // Rules
  | 'no-rule'
  | 'no-candidate'
  | 'strategy-not-available'
  | 'tried-already'
  | 'ladder-exhausted'
  | 'service-not-failing'
  | 'rule-allows'
  // Guards
  | 'control-state-unknown'
  | 'healing-is-stopped'
  | 'policy-unknown'
  | 'must-not-be-touched'
  | 'frozen'
  | 'read-model-lag-unknown'
  | 'read-models-are-behind'
  | 'storm-unknown'
  | 'many-targets-fail-alike'
  | 'target-cools-down'
  | 'returns-unknown'
  | 'fault-keeps-returning'
  | 'fleet-unknown'
  | 'too-many-live-fixes'
  | 'too-many-targets-touched'
  | 'budget-is-spent'
  | 'autonomy-is-off'
  | 'only-observed'
  | 'ok'
  | 'all-guards-allow'
  | 'guard-failed'
  | 'no-guard-was-asked'
  | 'no-owner'
  | 'target-not-in-catalogue'
  | 'owner-changed'
  | 'evidence-too-weak'
  | 'reported-by-a-foreign-agent'
  | 'evidence-age-unknown'
  | 'evidence-is-stale'
  | 'target-answers-probes'
  | 'symptom-has-not-persisted'
  | 'target-is-healthy-again'
  | 'dependency-has-just-recovered'
  | 'other-replicas-not-known-to-be-healthy'
  | 'dependency-unknown'
  | 'dependency-state-unknown'
  | 'dependency-is-down'
  | 'another-fix-is-live'
  | 'too-many-actions-in-an-hour'
  | 'needs-approval'
  // Checks of what an agent says
  | 'said-to-be-healthy'
  | 'not-confirmed-yet'
  | 'said-to-be-healthy-but-probes-fail'
  // What persons say, or don't
  | 'approval-expired'
  | 'rejected-by-a-person'
  // Attempts and their ends
  | 'unknown'
  | 'attempts-exhausted'
  | 'handler-crashed'
  | 'not-acknowledged'
  | 'no-result'
  | 'agent-died-while-acting'
  | 'reported-again'
  | 'new-fault-reported'
  | 'nothing-to-probe'
  | 'window-ended'
  | 'failure-rate-is-back'
  | 'failure-rate-is-worse'
  | 'masked-by-retries'
  | 'traffic-has-halved'
  | 'clean-exposures'
  | 'recovered-without-the-fix'
  // Silence, and telling a person
  | 'heartbeats-missing'
  | 'host-not-allowed'
  | 'name-not-found'
  | 'timeout'
  | 'connection-refused'
  | 'connection-failed'
  | 'redirected'
  | 'answer-too-long'
  // Undoing
  | 'wanted-by-a-person'
  | 'undo-impossible'
  | 'undo-not-acknowledged'
  | 'undo-without-result'
  | 'undo-outcome-unknown'
  | 'outcome-unknown-not-undone'
  // Verdicts
  | 'verification-recurred'
  | 'verification-regressed'
  | 'verification-inconclusive';

/** Led by who says it: a guard, an agent that refused, the probes. */
export type LedCode = `${string}:${string}`;
