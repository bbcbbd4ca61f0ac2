import { canonicalJson, type JsonObject, type Scope } from '#libs/contracts';
import type { PolicyEvent } from './policy.events.ts';
import type { Policy } from './policy.ts';
import { findSettingProblems, FLEET_LIMITS } from './policy-settings.ts';
import { FreezeNotFoundError, InvalidFreezeError, InvalidPolicyError } from './policy.errors.ts';

export interface ChangePolicy {
  type: 'ChangePolicy';
  scope: Scope;
  settings: JsonObject;
  source: 'person' | 'catalogue';
  reason: string;
}

export interface BeginFreeze {
  type: 'BeginFreeze';
  freezeId: string;
  scope: Scope;
  from: string;
  until: string | null;
  reason: string;
}

export interface EndFreeze {
  type: 'EndFreeze';
  freezeId: string;
  reason: string;
}

export type PolicyCommand = ChangePolicy | BeginFreeze | EndFreeze;

/**
 * Which events a request makes of the policy, perhaps none.
 *
 * @throws InvalidPolicyError | InvalidFreezeError | FreezeNotFoundError
 */
export function decidePolicy(policy: Policy, command: PolicyCommand): PolicyEvent[] {
  switch (command.type) {
    case 'ChangePolicy':
      return changePolicy(policy, command);
    case 'BeginFreeze': {
      const { freezeId, scope, from, until, reason } = command;
      if (until !== null && Date.parse(until) <= Date.parse(from)) throw new InvalidFreezeError(from, until);
      if (policy.freezes.has(freezeId)) return [];
      return [{ type: 'FreezeBegun', data: { freeze_id: freezeId, scope, from, until, reason } }];
    }
    case 'EndFreeze': {
      const { freezeId, reason } = command;
      if (!policy.freezes.has(freezeId)) throw new FreezeNotFoundError(freezeId);
      return [{ type: 'FreezeEnded', data: { freeze_id: freezeId, reason } }];
    }
  }
}

function changePolicy(policy: Policy, { scope, settings, source, reason }: ChangePolicy): PolicyEvent[] {
  const elsewhere = scope === 'global' ? [] : Object.keys(settings).filter((name) => FLEET_LIMITS.has(name));
  const problems = [
    ...findSettingProblems(settings),
    ...elsewhere.map((name) => `${name}: holds for the whole fleet, so that only the scope global has it`),
  ];
  if (problems.length > 0) throw new InvalidPolicyError(scope, problems);
  if (changesNothing(policy, scope, settings, source)) return [];
  return [{ type: 'PolicyChanged', data: { scope, settings, source, reason } }];
}

/** A file says the same at every start, and mustn't undo what a person set meanwhile. */
function changesNothing(policy: Policy, scope: Scope, settings: JsonObject, source: ChangePolicy['source']): boolean {
  if (source === 'catalogue') return canonicalJson(policy.fromCatalogue.get(scope) ?? {}) === canonicalJson(settings);
  const known: JsonObject = { ...policy.settings.get(scope) };
  return Object.entries(settings).every(([name, value]) => (known[name] ?? null) === value);
}
