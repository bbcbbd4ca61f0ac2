import { z } from 'zod';

/** Why somebody does something: kept with what they did. */
export const ReasonSchema = z.string().trim().min(1).max(500).describe('Why. It is kept in the log, with who did it.');

/** Every command may be tried first. */
export const DryRunSchema = z.boolean().default(false).describe('Only say what would be done, and store nothing.');
