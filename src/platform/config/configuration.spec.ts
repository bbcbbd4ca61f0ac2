import { describe, expect, it } from '@jest/globals';
import { Configuration, ENVIRONMENT_VARIABLES } from './configuration.ts';
import { ConfigurationError } from './configuration.errors.ts';

const NEEDED = { DATABASE_URL: 'postgresql://db/zantara', NATS_URL: 'nats://127.0.0.1:4222', KEY_DIR: 'keys' };

function problemsOf(environment: Record<string, string | undefined>): readonly string[] {
  try {
    Configuration.from(environment);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return error instanceof ConfigurationError ? error.problems : [];
  }
}

describe('the configuration', () => {
  it('needs little and is careful about the rest', () => {
    expect(Configuration.from(NEEDED)).toMatchObject({
      environment: 'production',
      host: '127.0.0.1',
      port: 3000,
      tenant: 'main',
      logLevel: 'info',
      migrationDatabaseUrl: NEEDED.DATABASE_URL,
    });
  });

  it('lists everything that is wrong at once', () => {
    const problems = problemsOf({
      NODE_ENV: 'staging',
      HOST: 'no host',
      ALLOWED_HOSTS: 'https://example.org/',
      PORT: '70000',
      DATABASE_URL: 'mysql://db/x',
      MIGRATION_DATABASE_URL: 'nonsense',
      NATS_URL: 'http://127.0.0.1',
      NATS_NKEY_SEED_FILE: '/nowhere/orchestrator.nk',
      TENANT: 'Main.',
      CATALOGUE_FILE: import.meta.dirname,
      LOG_LEVEL: 'loud',
    });
    const named = [
      'NODE_ENV',
      'HOST',
      'ALLOWED_HOSTS',
      'PORT',
      'DATABASE_URL',
      'MIGRATION_DATABASE_URL',
      'NATS_URL',
      'NATS_NKEY_SEED_FILE',
      'TENANT',
      'KEY_DIR',
      'CATALOGUE_FILE',
      'LOG_LEVEL',
    ];
    expect(problems).toHaveLength(named.length);
    expect(new Set(problems.map((problem) => problem.split(':')[0]))).toEqual(new Set(named));
  });

  it.each(['0.0.0.0', '::', '192.168.0.1', 'example.org', '127.0.0.1.example.org'])(
    'listens on %s only where nobody may do anything without a key',
    (HOST) => {
      expect(Configuration.from({ ...NEEDED, HOST })).toMatchObject({ host: HOST, anonymousRole: undefined });
      expect(problemsOf({ ...NEEDED, HOST, ANONYMOUS_ROLE: 'viewer' })).toEqual([expect.stringContaining('ANONYMOUS_ROLE')]);
    },
  );

  it.each(['sre', 'admin', 'anyone'])('lets nobody be %s without a key', (ANONYMOUS_ROLE) => {
    expect(problemsOf({ ...NEEDED, ANONYMOUS_ROLE })).toEqual([expect.stringContaining('ANONYMOUS_ROLE')]);
  });

  it.each(['127.0.0.1', '::1', 'localhost'])('listens on %s', (HOST) => {
    expect(Configuration.from({ ...NEEDED, HOST }).host).toBe(HOST);
  });

  it('takes further host names, however they are written', () => {
    expect(Configuration.from(NEEDED).allowedHosts).toEqual([]);
    expect(Configuration.from({ ...NEEDED, ALLOWED_HOSTS: 'Zantara.example.org, [fd00::1],' }).allowedHosts).toEqual([
      'zantara.example.org',
      '[fd00::1]',
    ]);
  });

  it('keeps the anchors of the log beside the keys unless told', () => {
    expect(Configuration.from({ ...NEEDED, KEY_DIR: '/var/lib/zantara/keys' }).anchorFile).toBe(
      '/var/lib/zantara/anchors.ndjson',
    );
    expect(Configuration.from({ ...NEEDED, ANCHOR_FILE: '/mnt/anchors' }).anchorFile).toBe('/mnt/anchors');
  });

  it('breaks on purpose only where this is no production', () => {
    const ZANTARA_FAILPOINTS = 'log.committed=kill@2';
    expect(Configuration.from(NEEDED).failpoints).toEqual([]);
    expect(problemsOf({ ...NEEDED, ZANTARA_FAILPOINTS })).toEqual([expect.stringContaining('ZANTARA_FAILPOINTS')]);
    expect(Configuration.from({ ...NEEDED, ZANTARA_FAILPOINTS, NODE_ENV: 'test' }).failpoints).toMatchObject([
      { name: 'log.committed', action: 'kill', from: 2 },
    ]);
    expect(problemsOf({ ...NEEDED, ZANTARA_FAILPOINTS: 'log.lost=kill', NODE_ENV: 'test' })).toEqual([
      expect.stringContaining('a failpoint is one of'),
    ]);
  });

  it('takes an empty value for an absent one', () => {
    expect(Configuration.from({ ...NEEDED, PORT: '', CATALOGUE_FILE: '' })).toMatchObject({
      port: 3000,
      catalogueFile: undefined,
    });
    expect(problemsOf({ ...NEEDED, KEY_DIR: '' })).toEqual([expect.stringMatching(/^KEY_DIR/)]);
  });

  it('gives no value of a setting away in its complaints', () => {
    const problems = problemsOf({ ...NEEDED, DATABASE_URL: 'mysql://user:secret-password@db/x' });
    expect(problems.join()).not.toContain('secret-password');
  });

  it('knows every variable that it reads', () => {
    expect(ENVIRONMENT_VARIABLES).toContain('DATABASE_URL');
    expect(new Set(ENVIRONMENT_VARIABLES).size).toBe(ENVIRONMENT_VARIABLES.length);
  });
});
