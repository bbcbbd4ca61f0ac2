import type { JsonObject } from '#libs/contracts';
import { readObject, readText } from '../fields.ts';
import type { LogEvent } from '../law.ts';
import { CLOCKS_MS } from './tolerances.ts';

/** What holds without anybody having set anything. Written out here and not taken from the orchestrator. */
const SAFE = {
  max_actions_per_hour: 5,
  max_live_fixes: 10,
  max_fleet_actions_per_hour: 60,
  blast_radius_share: 0.1,
  blast_radius_window_ms: 600_000,
  max_evidence_age_ms: 60_000,
  min_failed_checks: 2,
  max_read_model_lag_ms: 5_000,
  storm_window_ms: 60_000,
  storm_share: 0.3,
  storm_min_targets: 5,
  first_cool_down_ms: 10_000,
  longest_cool_down_ms: 300_000,
  cool_down_reset_ms: 600_000,
  max_returns_per_hour: 3,
  approval_ttl_ms: 900_000,
} as const;
export type LimitName = keyof typeof SAFE;

const LEVELS = ['off', 'shadow', 'ask', 'auto'];

export interface WantedAction {
  readonly target: string;
  readonly strategy: string;
  /** When it was last asked whether it may be. */
  readonly fromMs: number;
  /** When it was stored. */
  readonly atMs: number;
  /** Its decision was to ask persons; whether they allowed it is another law's business. */
  readonly isApproved: boolean;
}

/** What persons have set and stopped, up to the event that was seen last: this checker's own fold. */
export class PolicyHistory {
  private readonly settings = new Map<string, JsonObject>();
  private readonly freezes = new Map<string, { scope: string; fromMs: number; untilMs: number }>();
  private readonly stops = new Set<string>();

  observe({ type, data }: LogEvent): void {
    const scope = readText(data, 'scope');
    switch (type) {
      case 'PolicyChanged':
        this.settings.set(scope, { ...this.settings.get(scope), ...readObject(data, 'settings') });
        return;
      case 'FreezeBegun': {
        const until = data['until'] === null ? Infinity : Date.parse(readText(data, 'until'));
        this.freezes.set(readText(data, 'freeze_id'), { scope, fromMs: Date.parse(readText(data, 'from')), untilMs: until });
        return;
      }
      case 'FreezeEnded':
        this.freezes.delete(readText(data, 'freeze_id'));
        return;
      case 'HealingStopped':
        this.stops.add(scope);
        return;
      case 'HealingResumed':
        this.stops.delete(scope);
    }
  }

  /** The closest scope that sets it. */
  limit(name: LimitName, target: string, strategy: string): number {
    const set = scopesOf(target, strategy).flatMap((scope) => this.settings.get(scope)?.[name] ?? []);
    const closest = set.at(-1);
    return typeof closest === 'number' ? closest : SAFE[name];
  }

  /** Why persons don't want a strategy on a service, whatever a guard said. */
  objectTo(service: JsonObject, { target, strategy, fromMs, atMs, isApproved }: WantedAction): string | undefined {
    const scopes = scopesOf(target, strategy);
    if (this.isNeverTouched(target, strategy)) return 'it must never be touched';
    // At the very edge of a freeze two clocks may see different sides, and one may begin between being asked and being stored.
    const [earliestMs, latestMs] = [Math.min(fromMs, atMs), Math.max(fromMs, atMs)];
    const isFrozen = [...this.freezes.values()].some(
      (freeze) =>
        scopes.includes(freeze.scope) && earliestMs > freeze.fromMs + CLOCKS_MS && latestMs < freeze.untilMs - CLOCKS_MS,
    );
    if (isFrozen) return 'a freeze held';
    const level = this.autonomy(service, target, strategy);
    const isAllowed = level === 'auto' || (level === 'ask' && isApproved);
    return isAllowed ? undefined : `the autonomy of its target is ${level}`;
  }

  isNeverTouched(target: string, strategy: string): boolean {
    return scopesOf(target, strategy).some((scope) => this.settings.get(scope)?.['never_touch'] === true);
  }

  /** The least of what is set for everything, for the service and for the strategy. */
  autonomy(service: JsonObject, target: string, strategy: string): string {
    const [ofAll, ofService, ofStrategy] = scopesOf(target, strategy).map((scope) =>
      readText(this.settings.get(scope) ?? {}, 'autonomy'),
    );
    const byDefault = strategy.startsWith('patch/') ? 'ask' : 'auto';
    // A patch where it is critical is never done without a person.
    const atMost = strategy.startsWith('patch/') && service['critical'] === true ? 'ask' : 'auto';
    const levels = [ofAll || 'auto', ofService || readText(service, 'autonomy'), ofStrategy || byDefault, atMost];
    return levels.reduce((least, level) => (LEVELS.indexOf(level) < LEVELS.indexOf(least) ? level : least));
  }

  /** The stop under which it falls. */
  findStop(target: string, strategy: string): string | undefined {
    return scopesOf(target, strategy).find((scope) => this.stops.has(scope));
  }
}

const scopesOf = (target: string, strategy: string): string[] => ['global', `service:${target}`, `strategy:${strategy}`];
