import type { PostgresUrls } from '../../../../scripts/infra/postgres.mjs';

/** Set by the global set-up for the workers of jest; not a setting for people. */
const HANDED_OVER = 'TEST_POSTGRES_URLS';

/** The PostgreSQL that the global set-up started for all integration and end-to-end specs. */
export function getTestServer(): PostgresUrls {
  const text = process.env[HANDED_OVER];
  if (text === undefined) throw new Error('no PostgreSQL here: name the spec *.integration.spec.ts or *.e2e-spec.ts');
  const urls: unknown = JSON.parse(text);
  if (!isUrls(urls)) throw new Error(`${HANDED_OVER} lacks a URL`);
  return urls;
}

function isUrls(value: unknown): value is PostgresUrls {
  const names = ['url', 'ownerUrl', 'analystUrl', 'superuserUrl'];
  return typeof value === 'object' && value !== null && names.every((name) => name in value);
}
