import { z } from 'zod';
import { JsonRecordSchema } from './json.schema.ts';

/** The four kinds of error that the protocol knows. */
export const ErrorTypeSchema = z.enum(['js-error', 'network', 'health', 'performance']);
export type ErrorType = z.infer<typeof ErrorTypeSchema>;

export const SeveritySchema = z.enum(['low', 'medium', 'high', 'critical']);
export type Severity = z.infer<typeof SeveritySchema>;

/** An open set: `frontend`, or `backend-<service>` where the rest is the service's id in the catalogue. */
export const SourceSchema = z.string().regex(/^(frontend|backend-[a-z0-9][a-z0-9-]{0,62})$/);

export const WireErrorSchema = z
  .strictObject({
    id: z.guid().describe('The report id: unique for the agent, the same on every re-send. UUIDv7 keeps the log fast.'),
    timestamp: z.iso.datetime({ offset: true }).describe("The agent's wall clock. Shown, never decided upon."),
    source: SourceSchema,
    type: ErrorTypeSchema,
    severity: SeveritySchema,
    data: JsonRecordSchema.describe('What happened, as its type has it.'),
    context: JsonRecordSchema.describe('Where it happened.'),
  })
  .describe('One error as an agent saw it.');
export type WireError = z.infer<typeof WireErrorSchema>;
