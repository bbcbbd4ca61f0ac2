import { z } from 'zod';

/** A place in the log. Opaque: hand it back as it came. */
export const PositionSchema = z
  .string()
  .regex(/^\d{1,16}$/)
  .describe('A place in the log. Opaque: hand it back as it came.');

/** A page of a list, and the log position that it reflects. */
export const pageOf = <T extends z.ZodType>(
  item: T,
): z.ZodObject<{ items: z.ZodArray<T>; next_cursor: z.ZodNullable<z.ZodString>; position: typeof PositionSchema }> =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable(), position: PositionSchema });

/** RFC 9457. `code` is stable, `remediation` names the next step. */
export const ProblemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    remediation: z.string(),
    request_id: z.string(),
  })
  .describe('What went wrong (RFC 9457).');
export type Problem = z.infer<typeof ProblemSchema>;
