import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { AGENT_CLASSES, isScope, type JsonObject, type Scope } from '#libs/contracts';
import { NameSchema } from '#libs/contracts/schemas';
import { InvalidCatalogueError } from './catalogue.errors.ts';
import type { AgentEntry, ServiceEntry } from './catalogue.events.ts';

/** What a column of a read model holds. */
const MAX_REPLICAS = 2_147_483_647;

const AgentSchema = z.strictObject({ id: NameSchema, class: z.enum(AGENT_CLASSES) });

const ServiceSchema = z.strictObject({
  id: NameSchema,
  probe_url: z.url({ protocol: /^https?$/ }),
  probe_timeout_ms: z.int().positive().max(5000).default(2000),
  replicas: z.int().positive().max(MAX_REPLICAS).default(1),
  single_replica: z.boolean().default(false),
  critical: z.boolean().default(false),
  depends_on: z.array(NameSchema).default([]),
  owner_agent: NameSchema,
  autonomy: z.enum(['off', 'shadow', 'ask', 'auto']).default('shadow'),
});

/** What the guards go by at first. Which settings there are is the guards' business. */
const PolicySchema = z.strictObject({
  scope: z.string().max(100).refine(isScope, 'must be global, service:<id> or strategy:<family>/<name>').default('global'),
  settings: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
});

const CatalogueFileSchema = z
  .strictObject({ agents: z.array(AgentSchema), services: z.array(ServiceSchema), policy: z.array(PolicySchema).default([]) })
  .superRefine(({ agents, services }, context) => {
    for (const problem of findProblems(agents, services)) context.addIssue({ code: 'custom', message: problem });
  });

export interface DesiredCatalogue {
  agents: readonly AgentEntry[];
  services: readonly ServiceEntry[];
  /** Read here, and taken over by whoever guards. */
  policy?: readonly WantedPolicy[];
}

export interface WantedPolicy {
  scope: Scope;
  settings: JsonObject;
}

function findProblems(agents: readonly AgentEntry[], services: readonly ServiceEntry[]): string[] {
  const agentIds = agents.map(({ id }) => id);
  const serviceIds = services.map(({ id }) => id);
  return [
    ...repeated(agentIds).map((id) => `agent ${id} is listed twice`),
    ...repeated(serviceIds).map((id) => `service ${id} is listed twice`),
    ...services
      .filter((service) => !agentIds.includes(service.owner_agent))
      .map((service) => `service ${service.id}: owner_agent ${service.owner_agent} is not listed under agents`),
    ...services.flatMap((service) =>
      service.depends_on
        .filter((id) => !serviceIds.includes(id))
        .map((id) => `service ${service.id}: depends_on ${id} is not listed under services`),
    ),
    ...findCircles(services).map((circle) => `services depend on each other in a circle: ${circle.join(' -> ')}`),
  ];
}

/** Each circle of dependencies once, beginning where the list does. In a circle nothing could ever be restarted first. */
function findCircles(services: readonly ServiceEntry[]): string[][] {
  const needs = new Map(services.map((service) => [service.id, service.depends_on]));
  const finished = new Set<string>();
  const circles: string[][] = [];
  const walk = (id: string, path: readonly string[]): void => {
    const begun = path.indexOf(id);
    if (begun !== -1) circles.push([...path.slice(begun), id]);
    if (begun !== -1 || finished.has(id)) return;
    for (const needed of needs.get(id) ?? []) walk(needed, [...path, id]);
    finished.add(id);
  };
  for (const { id } of services) walk(id, []);
  return circles;
}

const repeated = (ids: readonly string[]): string[] => [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))];

/**
 * Reads the catalogue file (YAML).
 *
 * @throws InvalidCatalogueError listing everything that is wrong
 */
export function readCatalogueFile(file: string): DesiredCatalogue {
  const parsed = CatalogueFileSchema.safeParse(parseYaml(file));
  if (parsed.success) return parsed.data;
  throw new InvalidCatalogueError(
    file,
    parsed.error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`)),
  );
}

function parseYaml(file: string): unknown {
  try {
    const content: unknown = parse(readFileSync(file, 'utf8'));
    return content;
  } catch (error) {
    throw new InvalidCatalogueError(file, [error instanceof Error ? error.message : String(error)], error);
  }
}
