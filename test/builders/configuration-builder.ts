import { Configuration } from '../../src/platform/config/configuration.ts';

/** Settings that are right; the test names only what it is about. */
export const buildConfiguration = (environment: Readonly<Record<string, string | undefined>> = {}): Configuration =>
  Configuration.from({
    NODE_ENV: 'test',
    DATABASE_URL: 'postgresql://127.0.0.1:1/none',
    NATS_URL: 'nats://127.0.0.1:1',
    TENANT: 'test',
    KEY_DIR: 'keys',
    LOG_LEVEL: 'error',
    ...environment,
  });
