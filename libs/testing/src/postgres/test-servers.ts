import type { PostgresUrls } from '../../../../scripts/infra/postgres.mjs';

/** The PostgreSQL that the global set-up started for all integration and end-to-end specs. */
export function getTestServer(): PostgresUrls {
  const text = process.env['TEST_POSTGRES_URLS'];
  if (text === undefined) throw new Error('no PostgreSQL here: name the spec *.integration.spec.ts or *.e2e-spec.ts');
  const urls: unknown = JSON.parse(text);
  if (!isUrls(urls)) throw new Error('TEST_POSTGRES_URLS lacks a URL');
  return urls;
}

function isUrls(value: unknown): value is PostgresUrls {
  const names = ['url', 'ownerUrl', 'analystUrl', 'superuserUrl'];
  return typeof value === 'object' && value !== null && names.every((name) => name in value);
}
