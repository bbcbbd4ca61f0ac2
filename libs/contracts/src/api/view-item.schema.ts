import { z } from 'zod';
import type { ColumnKind, View, ViewColumn } from '../read-models/view.ts';
import { PositionSchema } from './page.schema.ts';

const SCHEMAS: Readonly<Record<ColumnKind, z.ZodType>> = {
  text: z.string(),
  count: z.int(),
  position: PositionSchema,
  boolean: z.boolean(),
  time: z.iso.datetime(),
  day: z.iso.date(),
  share: z.number().min(0).max(1),
  json: z.unknown(),
  names: z.array(z.string()),
};

const toSchema = ({ kind, about, isRequired }: ViewColumn): z.ZodType => {
  const schema = SCHEMAS[kind];
  return (isRequired === true ? schema : schema.nullable()).describe(about);
};

/** A row of a read model as the API answers it. */
export const computeViewItemSchema = ({ about, columns, computed }: View): z.ZodObject =>
  z
    .object(Object.fromEntries(Object.entries({ ...columns, ...computed }).map(([name, column]) => [name, toSchema(column)])))
    .describe(about);
