import { z } from 'zod';
import { HttpUrlSchema, PortSchema, readConfiguration } from '../../runtime/src/configuration-file.ts';

const UsersConfigSchema = z.strictObject({
  /** Of the page with the counts. */
  port: PortSchema,
  gateway_url: HttpUrlSchema,
  /** Between two requests, which take turns: a question, a note in memory. */
  interval_ms: z.int('must be milliseconds').min(5, 'must be 5 or more'),
  /** Whoever has no correct answer by then is lost. */
  timeout_ms: z.int('must be milliseconds').min(10, 'must be 10 or more'),
  questions: z
    .array(z.strictObject({ question: z.string().min(1), document: z.string().min(1) }), 'must be a list')
    .min(1, 'must have at least one'),
});

export type UsersConfig = z.infer<typeof UsersConfigSchema>;

export const readConfig = (): UsersConfig => readConfiguration(UsersConfigSchema);
