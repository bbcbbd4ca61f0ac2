/**
 * Names of the samples that count exposures of a service: requests and loads. Each counts up since whoever counts began, so that a
 * sample that is lost costs nothing, one that comes twice adds nothing, and a new beginning shows as a smaller number.
 */
export const EXPOSURE_SAMPLES = {
  /** All of them. */
  total: 'exposures_total',
  /** Of these, those that failed for whoever asked. */
  failed: 'exposures_failed_total',
  /** Of these, those that went well only because a retry hid a failure. */
  masked: 'exposures_masked_total',
} as const;

/** The same for the health checks of the service's own agent. */
export const CHECK_SAMPLES = { total: 'checks_total', failed: 'checks_failed_total' } as const;
