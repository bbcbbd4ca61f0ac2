import {
  breakConfig,
  breakServiceDown,
  breakServiceHung,
  type BreakableService,
  crashLoop,
} from '../../scripts/break/wounds.mjs';

/** What was broken; some of it goes on breaking. */
export interface Fault {
  /** Nothing more is broken from now on. What is broken stays so. */
  end(): Promise<void>;
}

const STRUCK_ONCE: Fault = { end: () => Promise.resolve() };

/** Kills the service after every start, until it is ended. */
function beginCrashLoop(service: BreakableService): Promise<Fault> {
  const stop = new AbortController();
  const looping = crashLoop(service, { signal: stop.signal });
  return Promise.resolve({
    end: async () => {
      stop.abort();
      await looping;
    },
  });
}

const struckBy =
  (strike: (service: BreakableService) => Promise<unknown>) =>
  async (service: BreakableService): Promise<Fault> => {
    await strike(service);
    return STRUCK_ONCE;
  };

/** What `npm run break` does, on a service of any installation. */
export const FAULTS = {
  'service-down': struckBy(breakServiceDown),
  'service-hung': struckBy(breakServiceHung),
  'crash-loop': beginCrashLoop,
  'bad-config': struckBy(breakConfig),
} as const;
