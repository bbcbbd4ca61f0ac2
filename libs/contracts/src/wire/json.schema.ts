import { z } from 'zod';
import type { JsonObject, JsonValue } from '../json.ts';

const anything: z.ZodType<unknown> = z.unknown();

/** Any JSON value. It came out of a JSON parser, so that checking its members again would only walk it a second time. */
export const JsonValueSchema = anything as z.ZodType<JsonValue>;

export const JsonRecordSchema: z.ZodType<JsonObject> = z.record(z.string(), JsonValueSchema);
