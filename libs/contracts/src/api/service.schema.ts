import { z } from 'zod';
import { ServiceStateSchema } from '../wire/heartbeat.schema.ts';
import { IncidentStateSchema } from './incident.schema.ts';
import { pageOf } from './page.schema.ts';

export const ServiceSummarySchema = z
  .object({
    service_id: z.string(),
    state: z
      .union([ServiceStateSchema, z.literal('unknown')])
      .describe("What the service's own agent says; unknown when it is silent."),
    since: z.iso.datetime().nullable(),
    pid: z.int().nullable(),
    owner_agent: z.string(),
    probe_url: z.string(),
    replicas: z.int(),
    critical: z.boolean(),
    autonomy: z.enum(['off', 'shadow', 'ask', 'auto']),
    depends_on: z.array(z.string()),
    latest_incident: z
      .object({ incident_id: z.string(), state: IncidentStateSchema, opened_at: z.iso.datetime() })
      .nullable()
      .describe('The one that was opened last.'),
    live_fix: z
      .object({ fix_id: z.string(), incident_id: z.string(), strategy: z.string() })
      .nullable()
      .describe('What is being done to it now.'),
  })
  .describe('One service: how it is, and what may be done to it.');
export type ServiceSummary = z.infer<typeof ServiceSummarySchema>;

export const ServicePageSchema = pageOf(ServiceSummarySchema);
export type ServicePage = z.infer<typeof ServicePageSchema>;
