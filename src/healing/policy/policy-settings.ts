import type { JsonObject, JsonValue } from '#libs/contracts';
import type { CatalogueEntry } from '../../catalogue/catalogue.ts';

export type Autonomy = CatalogueEntry['autonomy'];

/** From the least to the most that may be done without a person. */
export const AUTONOMY_LEVELS: readonly Autonomy[] = ['off', 'shadow', 'ask', 'auto'];

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const MANY = 1_000_000;

/** The numbers that guards go by, as they hold until a person sets another one. */
export const SAFE_LIMITS = {
  max_evidence_age_ms: MINUTE_MS,
  min_failed_checks: 2,
  max_read_model_lag_ms: 5_000,
  storm_window_ms: MINUTE_MS,
  storm_share: 0.3,
  storm_min_targets: 5,
  first_cool_down_ms: 10_000,
  longest_cool_down_ms: 5 * MINUTE_MS,
  cool_down_reset_ms: 10 * MINUTE_MS,
  max_actions_per_hour: 5,
  max_returns_per_hour: 3,
  max_live_fixes: 10,
  blast_radius_share: 0.1,
  blast_radius_window_ms: 10 * MINUTE_MS,
  max_fleet_actions_per_hour: 60,
  approval_ttl_ms: 15 * MINUTE_MS,
};

export type LimitName = keyof typeof SAFE_LIMITS;
export type Limits = Readonly<Record<LimitName, number>>;

/** What each of them means. */
export const LIMIT_MEANINGS: Readonly<Record<LimitName, string>> = {
  max_evidence_age_ms: 'Evidence that is older decides nothing.',
  min_failed_checks: 'Failed checks running before a fault is believed, unless the process was seen to end.',
  max_read_model_lag_ms: 'How far the read models that decisions use may be behind.',
  storm_window_ms: 'Targets that fail alike within this time are counted together.',
  storm_share: 'More than this share of all targets failing alike is a storm.',
  storm_min_targets: 'And no fewer targets than these.',
  first_cool_down_ms: 'Between two actions on a target, doubling with each.',
  longest_cool_down_ms: 'And no longer than this.',
  cool_down_reset_ms: 'After as long without an action a target begins anew.',
  max_actions_per_hour: 'Actions on one target, each attempt one.',
  max_returns_per_hour: 'So many returns of a fault that was healed, and a person is told instead.',
  max_live_fixes: 'Fixes under way in the whole fleet.',
  blast_radius_share: 'Share of all targets, and at least one, that may be acted on within the window.',
  blast_radius_window_ms: 'That window.',
  max_fleet_actions_per_hour: 'Actions in the whole fleet.',
  approval_ttl_ms: 'How long persons may think; then it is a no.',
};

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

const isLimitName = (name: string): name is LimitName => Object.hasOwn(SAFE_LIMITS, name);

/** Everything that is wrong with settings that somebody wants; null takes one back. */
export function findSettingProblems(settings: JsonObject): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    const problem = value === null ? checkName(name) : checkSetting(name, value);
    return problem === undefined ? [] : [`${name.slice(0, 60)}: ${problem}`];
  });
}

const checkName = (name: string): string | undefined =>
  isLimitName(name) || name === 'autonomy' || name === 'never_touch' ? undefined : 'there is no such setting';

function mostOf(name: LimitName): number {
  if (name.endsWith('_share')) return 1;
  return name.endsWith('_ms') ? DAY_MS : MANY;
}

function checkSetting(name: string, value: JsonValue | undefined): string | undefined {
  if (name === 'autonomy')
    return AUTONOMY_LEVELS.some((level) => level === value) ? undefined : `must be one of ${AUTONOMY_LEVELS.join(', ')}`;
  if (name === 'never_touch') return typeof value === 'boolean' ? undefined : 'must be true or false';
  if (!isLimitName(name)) return 'there is no such setting';
  const isShare = name.endsWith('_share');
  const most = mostOf(name);
  const isNumber = typeof value === 'number' && value >= 0 && value <= most && (isShare || Number.isInteger(value));
  return isNumber ? undefined : `must be a ${isShare ? 'share' : 'whole number'} from 0 to ${most}`;
}
