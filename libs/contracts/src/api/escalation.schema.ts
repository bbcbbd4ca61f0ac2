import { z } from 'zod';
import { PositionSchema } from './page.schema.ts';
import { DryRunSchema, ReasonSchema } from './write.schema.ts';

const ExplainedSchema = z.object({ reason_code: z.string(), reason: z.string().describe('The code in words.') });

const TriedSchema = z
  .object({
    fix_id: z.string(),
    attempt: z.int().positive(),
    strategy: z.string(),
    commanded_at: z.iso.datetime(),
    verdict: z.string().nullable().describe('What the independent check found; null where none was made.'),
    reason_code: z.string().nullable(),
    reason: z.string().nullable(),
    undo: z
      .enum(['not-done', 'not-begun', 'begun', 'undone'])
      .describe('Whether it was taken back; `not-done`: its agent did not say that it was carried out. An undo begins once.'),
  })
  .describe('A command that was sent, and what became of it.');
export type TriedFix = z.infer<typeof TriedSchema>;

const ObjectionSchema = ExplainedSchema.extend({ guard: z.string(), verdict: z.string() }).describe('The word of a guard.');
export type GuardObjection = z.infer<typeof ObjectionSchema>;

export const EscalatedIncidentSchema = z
  .object({
    incident_id: z.string(),
    service: z.string(),
    state: z.string(),
    symptom: z.string(),
    severity: z.string(),
    opened_at: z.iso.datetime(),
    reason_code: z.string(),
    reason: z.string(),
    tried: z.array(TriedSchema).describe('The latest ones, the oldest first.'),
    objections: z.array(ObjectionSchema).describe('What the guards said last against acting.'),
    evidence: z
      .object({
        error_type: z.string(),
        fingerprint: z.string(),
        reports: z.int(),
        last_report_position: PositionSchema,
        consecutive_failures: z.int(),
        exited: z.boolean().describe('Its process was seen to end.'),
        probes_ok: z.int(),
        probes_failed: z.int(),
        last_probe: z.string().nullable().describe('What the latest own probe found, as a code.'),
      })
      .describe('Counts, codes and positions; never the text of an error.'),
  })
  .describe('An incident that is in it.');
export type EscalatedIncident = z.infer<typeof EscalatedIncidentSchema>;

export const EscalationMessageSchema = z
  .object({
    type: z.literal('escalation.raised'),
    timestamp: z.iso.datetime().describe('When it was raised.'),
    data: z.object({
      escalation_id: z.string(),
      root: z.string().describe('What is behind it: `service:…`, `agent:…` or `storm:…`.'),
      kind: z.enum(['service', 'agent', 'storm']),
      state: z.enum(['open', 'closed']),
      summary: z.string().describe('What happened, in one sentence.'),
      since: z.iso.datetime().describe('When the first of it was seen.'),
      reason_code: z.string(),
      reason: z.string(),
      services: z.array(z.string()),
      incident_count: z.int(),
      incidents: z.array(EscalatedIncidentSchema).describe('The first ones; all of them are listed with the incidents.'),
      next: z.array(z.string()).describe('Commands to type, what fits best first.'),
    }),
  })
  .describe('What a person is told of an escalation: the body of the webhook.');
export type EscalationMessage = z.infer<typeof EscalationMessageSchema>;

export const EscalationDetailSchema = EscalationMessageSchema.extend({ position: PositionSchema }).describe(
  'An escalation as somebody is told of it now.',
);
export type EscalationDetail = z.infer<typeof EscalationDetailSchema>;

export const ReplayEscalationSchema = z
  .strictObject({ reason: ReasonSchema, dry_run: DryRunSchema })
  .describe('Why an escalation is to be sent again.');
export type ReplayEscalation = z.infer<typeof ReplayEscalationSchema>;

export const ReplayedEscalationSchema = z
  .object({
    dry_run: z.boolean(),
    escalation_id: z.string(),
    webhook_id: z.string().describe('As before: a receiver that has it already drops it.'),
    position: PositionSchema,
  })
  .describe('What is sent again.');
export type ReplayedEscalation = z.infer<typeof ReplayedEscalationSchema>;
