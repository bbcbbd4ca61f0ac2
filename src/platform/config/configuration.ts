import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from './configuration.errors.ts';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

const HOST_NAME = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])$/;

/** Looked at here, so that a missing file stands in the one list with everything else that is wrong. */
const FileSchema = z.string().refine((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true, 'is no file');

const EnvironmentSchema = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('production'),
  HOST: z
    .string()
    .default('127.0.0.1')
    .refine((host) => LOOPBACK.has(host), 'must be a loopback address until API keys exist: 127.0.0.1, ::1 or localhost'),
  ALLOWED_HOSTS: z
    .string()
    .default('')
    .transform((names) => names.split(',').flatMap((name) => name.trim().toLowerCase() || []))
    .refine((names) => names.every((name) => HOST_NAME.test(name)), 'must be host names without ports, separated by commas'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  MIGRATION_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  NATS_URL: z.url({ protocol: /^(nats|tls)$/ }),
  NATS_NKEY_SEED_FILE: FileSchema.optional(),
  TENANT: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens')
    .default('main'),
  KEY_DIR: z.string().min(1),
  CATALOGUE_FILE: FileSchema.optional(),
  ANCHOR_FILE: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

/** Every variable that the orchestrator reads. */
export const ENVIRONMENT_VARIABLES = Object.keys(EnvironmentSchema.shape);

/** The validated settings of the orchestrator. */
export class Configuration {
  readonly environment: 'production' | 'development' | 'test';
  readonly host: string;
  /** Names besides those of loopback by which the server may be asked for. */
  readonly allowedHosts: readonly string[];
  readonly port: number;
  readonly databaseUrl: string;
  readonly migrationDatabaseUrl: string;
  readonly natsUrl: string;
  readonly natsNkeySeedFile: string | undefined;
  readonly tenant: string;
  readonly keyDirectory: string;
  readonly catalogueFile: string | undefined;
  /** It and its folder are made when they are missing. */
  readonly anchorFile: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';

  private constructor(values: z.infer<typeof EnvironmentSchema>) {
    this.environment = values.NODE_ENV;
    this.host = values.HOST;
    this.allowedHosts = values.ALLOWED_HOSTS;
    this.port = values.PORT;
    this.databaseUrl = values.DATABASE_URL;
    this.migrationDatabaseUrl = values.MIGRATION_DATABASE_URL ?? values.DATABASE_URL;
    this.natsUrl = values.NATS_URL;
    this.natsNkeySeedFile = values.NATS_NKEY_SEED_FILE;
    this.tenant = values.TENANT;
    this.keyDirectory = values.KEY_DIR;
    this.catalogueFile = values.CATALOGUE_FILE;
    this.anchorFile = values.ANCHOR_FILE ?? join(dirname(values.KEY_DIR), 'anchors.ndjson');
    this.logLevel = values.LOG_LEVEL;
  }

  /**
   * @param environment variable names and values; an empty value counts as absent
   * @throws ConfigurationError that lists everything that is wrong
   */
  static from(environment: Readonly<Record<string, string | undefined>>): Configuration {
    const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
    const parsed = EnvironmentSchema.safeParse(given);
    if (parsed.success) return new Configuration(parsed.data);
    throw new ConfigurationError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  }

  /** From the environment of this process: the one place that reads it. */
  static fromProcess(): Configuration {
    return Configuration.from(process.env);
  }
}
