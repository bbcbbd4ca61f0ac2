/** For a catalogue in which everything fails at once and on purpose, which these limits are there to keep from being acted upon. */
export const RAISED_LIMITS = {
  storm_share: 1,
  blast_radius_share: 1,
  max_live_fixes: 100_000,
  max_fleet_actions_per_hour: 100_000,
  max_read_model_lag_ms: 60_000,
};

/** For services that fail again and again on purpose. */
export const RESTLESS_LIMITS = {
  ...RAISED_LIMITS,
  first_cool_down_ms: 1_000,
  longest_cool_down_ms: 1_000,
  max_actions_per_hour: 100_000,
  max_returns_per_hour: 100_000,
};
