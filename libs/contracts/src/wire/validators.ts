import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';
import { type Command, CommandSchema } from './command.schema.ts';
import { type ControlState, ControlStateSchema } from './control.schema.ts';
import { type Heartbeat, HeartbeatSchema } from './heartbeat.schema.ts';
import { type Metric, MetricSchema } from './metric.schema.ts';
import { type Receipt, ReceiptSchema } from './receipt.schema.ts';
import { type Report, type ReportEnvelope, ReportEnvelopeSchema, ReportSchema } from './report.schema.ts';
import { type Result, ResultSchema } from './result.schema.ts';

/** Either the value, typed, or what is wrong with it in words that name the place. */
export type Validation<T> = { valid: true; value: T } | { valid: false; reason: string };
export type Validator<T> = (input: unknown) => Validation<T>;

const ajv = new Ajv2020({ allErrors: false, strict: true, strictTypes: false, validateFormats: true });
addFormats.default(ajv);

/** Compiles a zod schema by way of its JSON Schema: the same rules as published, at the speed of generated code. */
function compile<T>(schema: z.ZodType<T>): Validator<T> {
  const check: ValidateFunction<T> = ajv.compile<T>(z.toJSONSchema(schema, { io: 'input' }));
  return (input) => (check(input) ? { valid: true, value: input } : { valid: false, reason: describe(check.errors?.[0]) });
}

function describe(error: ErrorObject | undefined): string {
  if (error === undefined) return 'does not fit the schema';
  const extra = 'additionalProperty' in error.params ? ` (${String(error.params['additionalProperty'])})` : '';
  return `${error.instancePath === '' ? 'the message' : error.instancePath} ${error.message ?? 'is wrong'}${extra}`.slice(0, 300);
}

export const validateReport: Validator<Report> = compile(ReportSchema);
export const validateReportEnvelope: Validator<ReportEnvelope> = compile(ReportEnvelopeSchema);
export const validateResult: Validator<Result> = compile(ResultSchema);
export const validateHeartbeat: Validator<Heartbeat> = compile(HeartbeatSchema);
export const validateMetric: Validator<Metric> = compile(MetricSchema);
export const validateCommand: Validator<Command> = compile(CommandSchema);
export const validateControlState: Validator<ControlState> = compile(ControlStateSchema);
export const validateReceipt: Validator<Receipt> = compile(ReceiptSchema);
