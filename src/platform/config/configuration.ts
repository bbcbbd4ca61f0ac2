import { statSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Role } from '#libs/contracts';
import { type ArmedFailpoint, parseFailpoints } from '../failpoint-list.ts';
import { ConfigurationError } from './configuration.errors.ts';
import { checkWebhook, OUTGOING_VARIABLES, toWebhookSettings, type WebhookSettings } from './outgoing-variables.ts';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

const HOST_NAME = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])$/;

/** Looked at here, so that a missing file stands in the one list with everything else that is wrong. */
const FileSchema = z.string().refine((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true, 'is no file');

const EnvironmentSchema = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('production'),
  HOST: z
    .string()
    .default('127.0.0.1')
    .transform((host) => host.toLowerCase())
    .refine((host) => isIP(host) !== 0 || /^[a-z0-9.-]+$/.test(host), 'must be an address or a host name, without a port'),
  ANONYMOUS_ROLE: z.enum(['none', 'viewer', 'analyst']).default('none'),
  ADMIN_KEY_FILE: z.string().min(1).optional(),
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
  STOP_FILE: z.string().min(1).optional(),
  ...OUTGOING_VARIABLES,
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  ZANTARA_FAILPOINTS: z.string().default('').transform(readFailpoints),
});

/** Every variable that the orchestrator reads. */
export const ENVIRONMENT_VARIABLES = Object.keys(EnvironmentSchema.shape);

/** Whoever reaches an address that isn't loopback may be anybody. */
const CheckedEnvironmentSchema = EnvironmentSchema.refine(
  ({ HOST, ANONYMOUS_ROLE }) => ANONYMOUS_ROLE === 'none' || LOOPBACK.has(HOST),
  { path: ['ANONYMOUS_ROLE'], message: 'must be none where HOST is not 127.0.0.1, ::1 or localhost: make API keys instead' },
)
  .refine(({ NODE_ENV, ZANTARA_FAILPOINTS }) => NODE_ENV !== 'production' || ZANTARA_FAILPOINTS.length === 0, {
    path: ['ZANTARA_FAILPOINTS'],
    message: 'breaks this process on purpose, and is refused where NODE_ENV is production',
  })
  .superRefine(checkWebhook);

function readFailpoints(text: string, context: z.RefinementCtx): ArmedFailpoint[] {
  try {
    return parseFailpoints(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
}

/** The validated settings of the orchestrator. */
export class Configuration {
  readonly environment: 'production' | 'development' | 'test';
  /** An address, IPv6 without brackets, or a host name. */
  readonly host: string;
  /** What somebody without an API key may do; `undefined`: nothing. */
  readonly anonymousRole: Role | undefined;
  /** Where the first admin key is read from, or written to; printed where there is none. */
  readonly adminKeyFile: string | undefined;
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
  /** While it is there, everything is stopped. */
  readonly stopFile: string;
  /** `host` or `host:port` of those outside who may be asked. */
  readonly outgoingAllowedHosts: readonly string[];
  /** Whom escalations are told; nobody without it. */
  readonly webhook: WebhookSettings | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** Where this process breaks on purpose; none in production. */
  readonly failpoints: readonly ArmedFailpoint[];

  private constructor(values: z.infer<typeof EnvironmentSchema>) {
    this.environment = values.NODE_ENV;
    this.host = values.HOST;
    this.anonymousRole = values.ANONYMOUS_ROLE === 'none' ? undefined : values.ANONYMOUS_ROLE;
    this.adminKeyFile = values.ADMIN_KEY_FILE;
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
    this.stopFile = values.STOP_FILE ?? join(dirname(values.KEY_DIR), 'stop');
    this.outgoingAllowedHosts = values.OUTGOING_ALLOWED_HOSTS;
    this.webhook = toWebhookSettings(values);
    this.logLevel = values.LOG_LEVEL;
    this.failpoints = values.ZANTARA_FAILPOINTS;
  }

  /**
   * @param environment variable names and values; an empty value counts as absent
   * @throws ConfigurationError that lists everything that is wrong
   */
  static from(environment: Readonly<Record<string, string | undefined>>): Configuration {
    const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
    const parsed = CheckedEnvironmentSchema.safeParse(given);
    if (parsed.success) return new Configuration(parsed.data);
    throw new ConfigurationError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  }

  /** From the environment of this process: the one place that reads it. */
  static fromProcess(): Configuration {
    return Configuration.from(process.env);
  }
}
