import type { PostgresUrls } from '../../../../scripts/infra/postgres.mjs';

/** The PostgreSQL that the global set-up started for all integration and end-to-end specs. */
export function getTestServer(): PostgresUrls {
  const urls = process.env.TEST_POSTGRES_URLS;
  if (urls === undefined) throw new Error('no PostgreSQL here: name the spec *.integration.spec.ts or *.e2e-spec.ts');
  const parsed: PostgresUrls = JSON.parse(urls);
  return parsed;
}
