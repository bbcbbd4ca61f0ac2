import { isInScope, type JsonObject, type Scope } from '#libs/contracts';
import type { Strategy } from '#libs/fix-strategies';
import type { CatalogueEntry } from '../../catalogue/catalogue.ts';
import type { FreezeBegun, PolicyEvent } from './policy.events.ts';
import { type Autonomy, AUTONOMY_LEVELS, type Limits, type PolicySettings, SAFE_LIMITS } from './policy-settings.ts';

export type Freeze = FreezeBegun['data'];

/** What persons have set so far. */
export interface Policy {
  settings: ReadonlyMap<Scope, PolicySettings>;
  /** What the catalogue's file said last of each scope. */
  fromCatalogue: ReadonlyMap<Scope, JsonObject>;
  freezes: ReadonlyMap<string, Freeze>;
}

export const NO_POLICY: Policy = { settings: new Map(), fromCatalogue: new Map(), freezes: new Map() };

/** What holds for one strategy on one service. */
export interface PolicyWord {
  limits: Limits;
  autonomy: Autonomy;
  /** Which scope says that it must not be touched. */
  neverTouch?: Scope;
  /** The freeze that holds now, the one that ends last. */
  freeze?: Freeze;
}

/** Folds one event. */
export function evolvePolicy(policy: Policy, event: PolicyEvent): Policy {
  switch (event.type) {
    case 'PolicyChanged': {
      const { scope, settings, source } = event.data;
      const changed = new Map(policy.settings).set(scope, merge(policy.settings.get(scope), settings));
      if (source === 'person') return { ...policy, settings: changed };
      return { ...policy, settings: changed, fromCatalogue: new Map(policy.fromCatalogue).set(scope, settings) };
    }
    case 'FreezeBegun':
      return { ...policy, freezes: new Map(policy.freezes).set(event.data.freeze_id, event.data) };
    case 'FreezeEnded': {
      const freezes = new Map(policy.freezes);
      freezes.delete(event.data.freeze_id);
      return { ...policy, freezes };
    }
  }
}

function merge(known: PolicySettings = {}, settings: JsonObject): PolicySettings {
  const merged: JsonObject = { ...known, ...settings };
  // What is null is the wider scope's business again.
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

/** Global, then the service's, then the strategy's: the closer one counts. */
export function resolveLimits(policy: Policy, at: { service: string; strategy: string }): Limits {
  const scopes: Scope[] = ['global', `service:${at.service}`, `strategy:${at.strategy}`];
  return scopes.reduce<Limits>((limits, scope) => ({ ...limits, ...limitsOf(policy.settings.get(scope)) }), SAFE_LIMITS);
}

function limitsOf(settings: PolicySettings = {}): Partial<Limits> {
  const { autonomy: _autonomy, never_touch: _neverTouch, ...limits } = settings;
  return limits;
}

/** @param service as the catalogue has it; what it doesn't know may not be done anything to */
export function resolvePolicy(
  policy: Policy,
  {
    service,
    target,
    strategy,
    nowMs,
  }: { service: CatalogueEntry | undefined; target: string; strategy: Strategy; nowMs: number },
): PolicyWord {
  const at = { service: target, strategy: strategy.id };
  const scopes = [...policy.settings.keys()].filter((scope) => isInScope(scope, at));
  const neverTouch = scopes.find((scope) => policy.settings.get(scope)?.never_touch === true);
  const freeze = findFreeze(policy, at, nowMs);
  return {
    limits: resolveLimits(policy, at),
    autonomy: resolveAutonomy(policy, { service, target, strategy }),
    ...(neverTouch === undefined ? {} : { neverTouch }),
    ...(freeze === undefined ? {} : { freeze }),
  };
}

const endOf = ({ until }: Freeze): number => (until === null ? Infinity : Date.parse(until));

function findFreeze(policy: Policy, at: { service: string; strategy: string }, nowMs: number): Freeze | undefined {
  const holding = [...policy.freezes.values()].filter(
    (freeze) => isInScope(freeze.scope, at) && Date.parse(freeze.from) <= nowMs && nowMs < endOf(freeze),
  );
  return holding.toSorted((one, other) => endOf(other) - endOf(one))[0];
}

/**
 * The least of what is set for everything, for the service and for the strategy. Nobody but a person, by an event, raises any of
 * them; what can't be undone, and a patch where it is critical, is never done without a person at all (decisions.md, Autonomy).
 */
function resolveAutonomy(
  { settings }: Policy,
  { service, target, strategy }: { service: CatalogueEntry | undefined; target: string; strategy: Strategy },
): Autonomy {
  const isPersonsBusiness =
    strategy.facts.reversal === 'irreversible' || (strategy.family === 'patch' && service?.critical === true);
  const levels: Autonomy[] = [
    settings.get('global')?.autonomy ?? 'auto',
    settings.get(`service:${target}`)?.autonomy ?? service?.autonomy ?? 'off',
    settings.get(`strategy:${strategy.id}`)?.autonomy ?? (strategy.family === 'patch' ? 'ask' : 'auto'),
    isPersonsBusiness ? 'ask' : 'auto',
  ];
  return levels.reduce((least, level) => (AUTONOMY_LEVELS.indexOf(level) < AUTONOMY_LEVELS.indexOf(least) ? level : least));
}
