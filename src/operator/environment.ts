import { statSync } from 'node:fs';
import { z } from 'zod';
import { ConfigurationError } from '../platform/config/configuration.errors.ts';

const FileSchema = z.string().refine((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true, 'is no file');

const EnvironmentSchema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  MIGRATION_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  ANCHOR_FILE: z.string().min(1).optional(),
  NATS_URL: z.url({ protocol: /^(nats|tls)$/ }).optional(),
  NATS_NKEY_SEED_FILE: FileSchema.optional(),
  TENANT: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens')
    .default('main'),
});

/** The settings of the log tools, under the names that the orchestrator gives them. Only the database must be named. */
export interface OperatorSettings {
  readonly databaseUrl: string;
  readonly migrationDatabaseUrl: string;
  readonly anchorFile: string | undefined;
  readonly natsUrl: string | undefined;
  readonly natsNkeySeedFile: string | undefined;
  readonly tenant: string;
}

/**
 * @param environment names and values; an empty value counts as absent
 * @throws ConfigurationError that lists everything that is wrong
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): OperatorSettings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = EnvironmentSchema.safeParse(given);
  if (!parsed.success)
    throw new ConfigurationError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  const values = parsed.data;
  return {
    databaseUrl: values.DATABASE_URL,
    migrationDatabaseUrl: values.MIGRATION_DATABASE_URL ?? values.DATABASE_URL,
    anchorFile: values.ANCHOR_FILE,
    natsUrl: values.NATS_URL,
    natsNkeySeedFile: values.NATS_NKEY_SEED_FILE,
    tenant: values.TENANT,
  };
}

/** From the environment of this process: the one place of the log tools that reads it. */
export const readOwnSettings = (): OperatorSettings => readSettings(process.env);
