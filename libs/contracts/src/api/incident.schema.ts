import { z } from 'zod';
import { ErrorTypeSchema, SeveritySchema } from '../wire/error.schema.ts';
import { LogEventSchema } from './log-event.schema.ts';
import { pageOf, PositionSchema } from './page.schema.ts';

export const IncidentStateSchema = z.enum(['open', 'healing', 'mitigated', 'resolved', 'escalated']);
export type IncidentLifeState = z.infer<typeof IncidentStateSchema>;

export const IncidentSummarySchema = z
  .object({
    incident_id: z.string(),
    state: IncidentStateSchema,
    service: z.string(),
    fingerprint: z.string(),
    error_type: ErrorTypeSchema,
    symptom: z.string().describe('What kind of fault it is, from a closed list; decisions rest on it.'),
    severity: SeveritySchema,
    count: z.int().positive().describe('Reports so far.'),
    opened_at: z.iso.datetime().describe('When the first report was observed.'),
    changed_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable().describe('When an own check had found it healed.'),
    fix_id: z.string().nullable(),
    strategy: z.string().nullable(),
    reason_code: z.string().nullable().describe('Why it was escalated.'),
  })
  .describe('One incident as it is now.');
export type IncidentSummary = z.infer<typeof IncidentSummarySchema>;

export const TimelineEntrySchema = LogEventSchema.extend({
  since_opened_ms: z.number().describe('After the first report was observed.'),
  since_previous_ms: z.number().describe('After the entry before.'),
  caused_by: z.string().nullable().describe('Event id of the cause.'),
}).describe('One event of the story of an incident.');
export type TimelineEntry = z.infer<typeof TimelineEntrySchema>;

export const IncidentDetailSchema = IncidentSummarySchema.extend({
  timeline: z.array(TimelineEntrySchema),
  omitted: z
    .int()
    .nonnegative()
    .describe(
      'Events of the story that are not told: growth between its first and last notice, or the middle of a very long one.',
    ),
  position: PositionSchema,
}).describe('One incident with its story.');
export type IncidentDetail = z.infer<typeof IncidentDetailSchema>;

const countSchema = z.int().nonnegative();

export const IncidentPageSchema = pageOf(IncidentSummarySchema).extend({
  counts: z
    .object({
      open: countSchema,
      healing: countSchema,
      mitigated: countSchema,
      resolved: countSchema,
      escalated: countSchema,
    })
    .describe('Incidents in each state, of the service asked for or of all.'),
});
export type IncidentPage = z.infer<typeof IncidentPageSchema>;
