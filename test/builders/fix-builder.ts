import type { JsonObject } from '#libs/contracts';
import type { CatalogueEntry } from '../../src/catalogue/catalogue.ts';
import type { GuardWord } from '../../src/decisions/decision.events.ts';
import type { FleetRoom } from '../../src/healing/fleet/fleet-places.ts';
import type { PolicyWord } from '../../src/healing/policy/policy.ts';
import { type Limits, SAFE_LIMITS } from '../../src/healing/policy/policy-settings.ts';
import { allow, type GuardContext } from '../../src/healing/guards/guard.ts';
import type { FixEvent } from '../../src/healing/saga/fix.events.ts';
import { reactFix } from '../../src/healing/saga/fix-saga.decider.ts';
import type { FixInput, ProbeOutcome } from '../../src/healing/saga/fix-saga.inputs.ts';
import { evolveFix, type FixSaga } from '../../src/healing/saga/fix-saga.ts';
import { commandAttempt, startVerification } from '../../src/healing/saga/fix-steps.ts';
import type { ResultReported } from '../../src/intake/intake.events.ts';
import { BEGIN_MS, buildEvidence, KEY } from './incident-builder.ts';
import { getRestart } from './strategy-builder.ts';

export const FIX_ID = `${KEY}-1-1`;

/** A fix in the hands of a test: its events so far, its state, and the time. */
export class FixUnderTest {
  readonly events: FixEvent[] = [];
  nowMs = BEGIN_MS;
  /** What the guards say of a further attempt. */
  words: readonly GuardWord[] = [{ guard: 'autonomy', ...allow }];
  /** What they looked at. */
  inputs: JsonObject | undefined;
  strategy = getRestart();
  private saga: FixSaga | undefined;

  get state(): FixSaga {
    if (this.saga === undefined) throw new Error('the fix has not begun');
    return this.saga;
  }

  get types(): string[] {
    return this.events.map(({ type }) => type);
  }

  take(events: readonly FixEvent[]): readonly FixEvent[] {
    for (const event of events) this.saga = evolveFix(this.saga, event, new Date(this.nowMs));
    this.events.push(...events);
    return events;
  }

  /** Hands in one input; tells what follows. */
  input(input: FixInput): readonly FixEvent[] {
    return this.take(
      reactFix(this.state, input, { strategy: this.strategy, nowMs: this.nowMs, words: this.words, inputs: this.inputs }),
    );
  }

  result(phase: ResultReported['data']['phase'], more: Partial<ResultReported['data']> = {}): readonly FixEvent[] {
    const agentId = more.agent_id ?? 'memory-agent';
    const commandId = this.state.commandId;
    return this.input({ type: 'result', agentId, result: { agent_id: agentId, command_id: commandId, phase, ...more } });
  }

  /** Lets the latest generation of a timer fire. */
  fire(
    name: 'acknowledge' | 'result' | 'retry' | 'probe' | 'verification-deadline' | 'undo',
    probe?: ProbeOutcome,
    lateMs = 0,
  ): readonly FixEvent[] {
    const generation = this.state.timers[name] ?? 0;
    return this.input({ type: 'timer', name, generation, lateMs, ...(probe === undefined ? {} : { probe }) });
  }

  probe(ok: boolean): readonly FixEvent[] {
    this.nowMs += 1000;
    return this.fire('probe', { ok, reasonCode: ok ? 'status-200' : 'econnrefused', latencyMs: 3 });
  }

  fault(
    observedAfterExecutionMs: number,
    { fingerprint = this.state.fingerprint, agentId = 'memory-agent' } = {},
  ): readonly FixEvent[] {
    const observedAtMs = (this.state.executedAtMs ?? BEGIN_MS) + observedAfterExecutionMs;
    return this.input({ type: 'fault', agentId, fingerprint, observedAtMs });
  }
}

function buildObservedFix(strategy = getRestart()): FixUnderTest {
  const fix = new FixUnderTest();
  fix.strategy = strategy;
  fix.take([
    {
      type: 'FixObserved',
      data: {
        fix_id: FIX_ID,
        incident_id: `${KEY}-1`,
        fingerprint: 'fp@1:0123456789abcdef',
        target: 'memory',
        agent_id: 'memory-agent',
        strategy: strategy.id,
        decision_event_id: '01900000-0000-7000-8000-00000000000d',
        failure_rate_before: 1,
        fault_since: new Date(BEGIN_MS).toISOString(),
      },
    },
  ]);
  return fix;
}

/** A fix whose first command is in the log. */
export function buildCommandedFix(strategy = getRestart()): FixUnderTest {
  const fix = buildObservedFix(strategy);
  fix.take(commandAttempt(fix.state, { strategy, nowMs: fix.nowMs }));
  return fix;
}

/** A check of what an agent says: that it works again without any fix. */
export function buildConfirmation(): FixUnderTest {
  const fix = buildObservedFix();
  fix.take(startVerification(fix.state, { strategy: getRestart(), nowMs: fix.nowMs }, 'recovered-before-fix'));
  return fix;
}

/** A fix that its agent says to have carried out. */
export function buildVerifyingFix(strategy = getRestart(), evidence: JsonObject = { before: 'old' }): FixUnderTest {
  const fix = buildCommandedFix(strategy);
  fix.result('acknowledged');
  fix.result('succeeded', { evidence });
  return fix;
}

/** A fix whose first attempt failed. */
export function buildBackingOffFix(): FixUnderTest {
  const fix = buildCommandedFix();
  fix.result('failed', { reason_code: 'not-ready' });
  return fix;
}

/** A fix that six clean probes have spoken for. */
export function buildHealedFix(strategy = getRestart()): FixUnderTest {
  const fix = buildVerifyingFix(strategy);
  for (let i = 0; i < 6; i++) fix.probe(true);
  return fix;
}

/** A fix that its agent refused to carry out. */
export function buildEscalatedFix(): FixUnderTest {
  const fix = buildCommandedFix();
  fix.result('refused', { reason_code: 'expired' });
  return fix;
}

/** A check that a new report of the fault has ended. */
export function buildWithdrawnCheck(): FixUnderTest {
  const check = buildConfirmation();
  check.fault(1);
  return check;
}

export const buildService = (parts: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  id: 'memory',
  probeUrl: 'http://127.0.0.1:1/health',
  probeTimeoutMs: 2000,
  replicas: 1,
  singleReplica: true,
  critical: false,
  dependsOn: [],
  ownerAgent: 'memory-agent',
  autonomy: 'auto',
  ...parts,
});

/** Everything as a guard likes it. */
export const buildGuardContext = (parts: Partial<GuardContext> = {}): GuardContext => ({
  nowMs: BEGIN_MS + 1000,
  strategy: getRestart(),
  target: 'memory',
  agentId: 'memory-agent',
  evidence: buildEvidence(),
  service: buildService(),
  said: { state: 'unhealthy', saidAtMs: BEGIN_MS },
  slot: { reservedAtMs: [] },
  dependencies: [],
  approval: { granted: 0, required: 0 },
  stop: null,
  policy: buildPolicyWord(),
  readModelLagMs: 0,
  storm: { failing: 1, targets: 3, isOn: false },
  fleet: { live: buildRoom(), radius: buildRoom(), budget: buildRoom() },
  returns: 0,
  ...parts,
});

/** What holds where nobody has set anything. */
export const buildPolicyWord = ({
  limits,
  ...parts
}: Partial<Omit<PolicyWord, 'limits'>> & { limits?: Partial<Limits> } = {}): PolicyWord => ({
  autonomy: 'auto',
  ...parts,
  limits: { ...SAFE_LIMITS, ...limits },
});

/** There is room for one more. */
export const buildRoom = (parts: Partial<FleetRoom> = {}): FleetRoom => ({
  used: 0,
  limit: 10,
  isHeld: false,
  free: { place: 0, version: 0 },
  ...parts,
});
