import { z } from 'zod';
import { NameSchema, StrategyIdSchema } from '#libs/contracts/schemas';

const milliseconds = (least: number, most: number): z.ZodInt => z.int().min(least).max(most);
const HttpUrlSchema = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
const PortSchema = z.int().min(1).max(65_535);

const ProcessConfigSchema = z.strictObject({
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  cwd: z.string().min(1).optional(),
  /** Added to the few variables that every child inherits (PATH, HOME, LANG, TZ). */
  env: z.record(z.string(), z.string()).default({}),
  /** More variables that the child takes over from the agent. */
  inherit_env: z.array(z.string().min(1)).default([]),
  /** The first start is configuration; after it the service is started on commands only. */
  start_on_boot: z.boolean().default(true),
  /** What an orderly end of the agent does to the service. */
  on_agent_stop: z.enum(['keep', 'stop']).default('keep'),
  port: PortSchema.optional(),
  evidence_lines: z.int().min(1).max(200).default(50),
});

const HealthConfigSchema = z
  .strictObject({
    url: HttpUrlSchema,
    interval_ms: milliseconds(100, 3_600_000).default(30_000),
    /** Share of the interval by which each wait varies. */
    jitter: z.number().min(0).max(0.5).default(0.1),
    timeout_ms: milliseconds(10, 60_000).optional(),
    unhealthy_after: z.int().min(1).max(100).default(2),
    healthy_after: z.int().min(1).max(100).default(1),
    /** A failing service is reported again at most this often. */
    repeat_ms: milliseconds(100, 3_600_000).default(5_000),
  })
  .transform((health) => ({ ...health, timeout_ms: health.timeout_ms ?? Math.min(5_000, health.interval_ms) }))
  .refine((health) => health.timeout_ms <= health.interval_ms, {
    path: ['timeout_ms'],
    error: 'must not be longer than interval_ms',
  });

const RestartConfigSchema = z.strictObject({
  drain_url: HttpUrlSchema.optional(),
  drain_timeout_ms: milliseconds(0, 60_000).default(10_000),
  ready_timeout_ms: milliseconds(100, 300_000).default(30_000),
});

const ServiceConfigSchema = z.strictObject({
  id: NameSchema,
  process: ProcessConfigSchema,
  health: HealthConfigSchema,
  restart: RestartConfigSchema.prefault({}),
  /** What this agent may do to the service, whatever the orchestrator says. */
  allow: z.array(StrategyIdSchema).default(['restart/service']),
  max_actions_per_hour: z.int().min(0).max(1_000).default(5),
});
export type ServiceConfig = z.infer<typeof ServiceConfigSchema>;

const ExposureConfigSchema = z.strictObject({
  /** Whose exposures are counted there; any service of the catalogue, not only those below. */
  service: NameSchema,
  url: HttpUrlSchema,
});

export const AgentConfigSchema = z.strictObject({
  tenant: NameSchema.default('main'),
  agent_id: NameSchema,
  /** Tells copies of an agent apart in reports; the host's name unless given. */
  instance: z.string().min(1).max(100).optional(),
  nats_url: z.string().regex(/^(nats|tls):\/\/\S+$/, 'must be a nats:// or tls:// URL'),
  nkey_seed_file: z.string().min(1).optional(),
  orchestrator_keys_file: z.string().min(1),
  state_dir: z.string().min(1),
  heartbeat_interval_ms: milliseconds(100, 600_000).default(10_000),
  /** /livez, /readyz and /metrics of the agent itself. */
  local_endpoint: z.strictObject({ host: z.string().min(1).default('127.0.0.1'), port: PortSchema }).optional(),
  outbox: z
    .strictObject({
      max_items: z.int().min(10).max(1_000_000).default(5_000),
      max_bytes: z.int().min(65_536).max(1_073_741_824).default(16_777_216),
    })
    .prefault({}),
  /** Where services say how many requests there were, and how many of them failed. */
  exposures: z.array(ExposureConfigSchema).max(100).default([]),
  services: z
    .array(ServiceConfigSchema)
    .min(1)
    .max(100)
    .refine((services) => new Set(services.map(({ id }) => id)).size === services.length, 'every id may occur once only'),
});
/** The configuration with its defaults filled in. */
export type AgentConfig = z.infer<typeof AgentConfigSchema>;
/** The configuration as it is written. */
export type AgentConfigInput = z.input<typeof AgentConfigSchema>;
