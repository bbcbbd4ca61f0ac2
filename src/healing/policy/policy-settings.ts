import type { JsonObject, JsonValue } from '#libs/contracts';
import type { CatalogueEntry } from '../../catalogue/catalogue.ts';

export type Autonomy = CatalogueEntry['autonomy'];

/** From the least to the most that may be done without a person. */
export const AUTONOMY_LEVELS: readonly Autonomy[] = ['off', 'shadow', 'ask', 'auto'];

interface LimitFacts {
  readonly safe: number;
  readonly least: number;
  readonly most: number;
  readonly about: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MANY = 1_000_000;

const time = (safe: number, about: string): LimitFacts => ({ safe, least: 0, most: DAY_MS, about });
const number = (safe: number, about: string): LimitFacts => ({ safe, least: 0, most: MANY, about });
const share = (safe: number, about: string): LimitFacts => ({ safe, least: 0, most: 1, about });

/** The numbers that guards go by, each with the default that holds until a person sets another one. */
export const LIMIT_FACTS = {
  max_evidence_age_ms: time(MINUTE_MS, 'Evidence that is older decides nothing.'),
  min_failed_checks: number(2, 'Failed checks running before a fault is believed, unless the process was seen to end.'),
  max_read_model_lag_ms: time(5_000, 'How far the read models that decisions use may be behind.'),
  storm_window_ms: time(MINUTE_MS, 'Targets that fail alike within this time are counted together.'),
  storm_share: share(0.3, 'More than this share of all targets failing alike is a storm.'),
  storm_min_targets: number(5, 'And no fewer targets than these.'),
  first_cool_down_ms: time(10_000, 'Between two actions on a target, doubling with each.'),
  longest_cool_down_ms: time(300_000, 'And no longer than this.'),
  cool_down_reset_ms: time(10 * MINUTE_MS, 'After as long without an action a target begins anew.'),
  max_actions_per_hour: number(5, 'Actions on one target, each attempt one.'),
  max_returns_per_hour: number(3, 'So many returns of a fault that was healed, and a person is told instead.'),
  max_live_fixes: number(10, 'Fixes under way in the whole fleet.'),
  blast_radius_share: share(0.1, 'Share of all targets, and at least one, that may be acted on within the window.'),
  blast_radius_window_ms: time(10 * MINUTE_MS, 'That window.'),
  max_fleet_actions_per_hour: number(60, 'Actions in the whole fleet.'),
  approval_ttl_ms: { safe: 15 * MINUTE_MS, least: 1_000, most: DAY_MS, about: 'How long a person may think; then it is a no.' },
} satisfies Record<string, LimitFacts>;

export type Limits = Readonly<Record<keyof typeof LIMIT_FACTS, number>>;

/** What one scope sets; what it doesn't name comes from the wider one. */
export interface PolicySettings extends Partial<Limits> {
  autonomy?: Autonomy;
  never_touch?: boolean;
}

/** Limits that hold for the whole fleet, so that only `global` may set them. */
export const FLEET_LIMITS: ReadonlySet<string> = new Set([
  'max_live_fixes',
  'blast_radius_share',
  'blast_radius_window_ms',
  'max_fleet_actions_per_hour',
  'storm_window_ms',
  'storm_share',
  'storm_min_targets',
  'max_read_model_lag_ms',
]);

export const SAFE_LIMITS: Limits = Object.fromEntries(
  Object.entries(LIMIT_FACTS).map(([name, { safe }]) => [name, safe]),
) as Limits;

const isLimitName = (name: string): name is keyof Limits => Object.hasOwn(LIMIT_FACTS, name);

/** Everything that is wrong with settings that somebody wants; null takes one back. */
export function findSettingProblems(settings: JsonObject): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    const problem = value === null ? checkName(name) : checkSetting(name, value);
    return problem === undefined ? [] : [`${name.slice(0, 60)}: ${problem}`];
  });
}

const checkName = (name: string): string | undefined =>
  isLimitName(name) || name === 'autonomy' || name === 'never_touch' ? undefined : 'there is no such setting';

function checkSetting(name: string, value: JsonValue | undefined): string | undefined {
  if (name === 'autonomy')
    return AUTONOMY_LEVELS.some((level) => level === value) ? undefined : `must be one of ${AUTONOMY_LEVELS.join(', ')}`;
  if (name === 'never_touch') return typeof value === 'boolean' ? undefined : 'must be true or false';
  if (!isLimitName(name)) return 'there is no such setting';
  const { least, most } = LIMIT_FACTS[name];
  const isWhole = most === 1 || Number.isInteger(value);
  if (typeof value === 'number' && value >= least && value <= most && isWhole) return undefined;
  return `must be a ${most === 1 ? 'share' : 'whole number'} from ${least} to ${most}`;
}
