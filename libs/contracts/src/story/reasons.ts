import type { FailureCode, OrchestratorCode, RefusalCode } from '../reason-codes.ts';

/** What agents say, complete by its type: a new code without words doesn't compile. */
const OF_AGENTS: Record<FailureCode | RefusalCode | 'agent-restarted', string> = {
  'too-large': 'the command was too large',
  unsigned: 'the command was not signed',
  'unknown-key': 'the agent does not know the key that signed it',
  'bad-signature': 'the signature is wrong',
  'bad-schema': 'the command does not fit the schema',
  'other-target': 'it was meant for another agent or service',
  'key-mismatch': 'it names another key than the one that signed it',
  'key-revoked': 'the key that signed it was revoked',
  'time-unknown': 'the agent did not know what time it is here',
  expired: 'the command expired before it was begun',
  'other-log': 'it comes from another log than the commands before it',
  'stale-fence': 'a later command for the same service was accepted before',
  'control-stopped': 'healing was stopped meanwhile',
  'control-stale': 'the agent no longer heard that it may act',
  'strategy-not-allowed': 'the agent is not allowed to do this to the service',
  'rate-limited': 'the agent has acted on the service too often in the last hour',
  'no-executor': 'the agent has nothing to carry it out with',
  'invalid-parameters': 'the agent does not accept the parameters',
  aborted: 'it was cancelled',
  'port-in-use': 'something else listens on its port',
  'start-failed': 'the process could not be started',
  'exited-early': 'the new process ended before it was ready',
  'not-ready': 'the new process did not become ready',
  'disk-full': 'the disk is full',
  'migration-error': 'a database migration failed',
  'configuration-error': 'its configuration is wrong',
  'executor-error': 'the agent could not carry it out',
  'agent-restarted': 'the agent was restarted while it acted',
};

/** Complete by its type too. */
const OF_THE_ORCHESTRATOR: Record<OrchestratorCode, string> = {
  // Rules and guards
  'no-rule': 'no rule knows this fault',
  'no-candidate': 'the rule has no strategy',
  'strategy-not-available': 'the strategy is not available yet',
  'tried-already': 'it was tried on this incident, and did not help',
  'ladder-exhausted': 'everything that may be tried was, and did not help',
  'service-not-failing': 'the service is not seen failing',
  'rule-allows': 'the rule allows it',
  'control-state-unknown': 'nobody knows whether healing is stopped',
  'healing-is-stopped': 'healing is stopped',
  'policy-unknown': 'nobody knows what is allowed',
  'must-not-be-touched': 'it is on the list of what must never be touched',
  frozen: 'a freeze or a maintenance window holds',
  'read-model-lag-unknown': 'nobody knows whether what decisions read is up to date',
  'read-models-are-behind': 'what decisions read is out of date',
  'storm-unknown': 'nobody knows how many fail in the same way',
  'many-targets-fail-alike': 'many services fail in the same way at once, so that the cause is elsewhere',
  'target-cools-down': 'it was acted upon a moment ago',
  'returns-unknown': 'nobody knows how often the fault came back',
  'fault-keeps-returning': 'it was healed, and the fault came back, again and again',
  'fleet-unknown': 'nobody knows what else is under way',
  'too-many-live-fixes': 'as many fixes as may be are under way already',
  'too-many-targets-touched': 'as many services as may be were acted upon within a short time',
  'budget-is-spent': 'as many actions as may be were taken in the last hour',
  ok: 'nothing speaks against it',
  'all-guards-allow': 'all guards allow it',
  'no-owner': 'no agent answers for the service, so nobody could be told',
  'target-not-in-catalogue': 'the target is not in the catalogue',
  'owner-changed': 'another agent answers for the service by now',
  'no-guard-was-asked': 'no guard was asked, which counts as a no',
  'evidence-age-unknown': 'nobody knows how old the evidence is',
  'evidence-too-weak': 'only the own agent of a service may get it restarted',
  'reported-by-a-foreign-agent': 'the report is not from the agent that owns the service',
  'evidence-is-stale': 'the evidence is older than a minute',
  'target-answers-probes': 'the evidence is old, and the service answers probes by now',
  'symptom-has-not-persisted': 'one failed check is not enough to act on',
  'target-is-healthy-again': 'its agent has called it healthy since it was seen failing',
  'dependency-has-just-recovered': 'what it needs has just come back, and may have made it well',
  'other-replicas-not-known-to-be-healthy': 'nobody knows that another replica is healthy',
  'dependency-is-down': 'a service that it needs is down',
  'dependency-unknown': 'a service that it needs is not in the catalogue',
  'dependency-state-unknown': 'nobody knows how a service that it needs is',
  'another-fix-is-live': 'another fix of the same service is under way',
  'too-many-actions-in-an-hour': 'it was acted upon too often in the last hour',
  'needs-approval': 'a person has to approve it',
  'autonomy-is-off': 'nothing may be done to the service by itself',
  'only-observed': 'it is only observed what would be done',
  'approval-expired': 'nobody approved it in time, which counts as a no',
  'rejected-by-a-person': 'a person said no',
  'said-to-be-healthy': 'its agent says that it works again',
  'not-confirmed-yet': 'its agent stands by its word that it works, which probes did not confirm',
  'said-to-be-healthy-but-probes-fail': 'its agent says that it works, and three checks running say that it does not',
  'guard-failed': 'the guard itself failed, which counts as a no',
  // Ends
  unknown: 'nobody said why',
  'attempts-exhausted': 'every attempt failed',
  'not-acknowledged': 'the agent did not acknowledge the command in time',
  'no-result': 'the agent did not report a result in time',
  'agent-died-while-acting': 'the agent died while it acted',
  'verification-recurred': 'the fault came back',
  'verification-regressed': 'a new fault appeared after the fix',
  'verification-inconclusive': 'the checks could not tell whether it helped',
  'heartbeats-missing': 'its agent is not heard of any more',
  'host-not-allowed': 'the host is not one of those that may be asked',
  'name-not-found': 'nobody knows the address of the host',
  timeout: 'no answer came in time',
  'connection-refused': 'nobody listens there',
  'connection-failed': 'the connection broke',
  redirected: 'the answer was a redirect, which is not followed',
  'answer-too-long': 'the answer was too long',
  'reported-again': 'the same fault was reported again',
  'new-fault-reported': 'another fault was reported after the fix',
  'nothing-to-probe': 'the catalogue no longer says what to probe',
  'window-ended': 'the time for checking ended without enough clean probes',
  'failure-rate-is-back': 'it fails more than half as often as before the fix',
  'failure-rate-is-worse': 'it fails more often than before the fix',
  'masked-by-retries': 'retries hide that it still fails',
  'traffic-has-halved': 'less than half of the usual requests came, so that nobody can tell',
  'clean-exposures': 'enough clean probes in a row',
  'recovered-without-the-fix': 'it recovered without the fix',
};

/** Reason codes in words. A code that isn't listed speaks for itself. */
const REASONS: ReadonlyMap<string, string> = new Map(Object.entries({ ...OF_THE_ORCHESTRATOR, ...OF_AGENTS }));

/** Who says it, or what follows from it. */
const SOURCES: ReadonlyMap<string, string> = new Map([
  ['hopeless', 'trying again cannot help: '],
  ['refused-by-agent', 'the agent refused: '],
  ['probe', 'probes fail: '],
]);

/** `every attempt failed [attempts-exhausted]`; a code may be led by who says it: `autonomy:autonomy-is-off`. */
export function explainReason(code: string): string {
  const separator = code.indexOf(':');
  const [source, rest] = separator === -1 ? ['', code] : [code.slice(0, separator), code.slice(separator + 1)];
  const words = REASONS.get(rest);
  const lead = SOURCES.get(source) ?? (words === undefined && source !== '' ? `${source}: ` : '');
  return words === undefined ? `${lead}${rest}` : `${lead}${words} [${code}]`;
}
