import { z } from 'zod';
import type { Projection } from '../platform/projections/projection.ts';
import { UnknownProjectionError } from '../platform/projections/projection.errors.ts';
import { READ_MODELS } from '../read-models.ts';

/** Of read models; all of them where none is named. */
export const NamesSchema = z.array(z.string().min(1).max(100)).max(100).default([]);

/** @throws UnknownProjectionError */
export function findReadModels(names: readonly string[]): readonly Projection[] {
  if (names.length === 0) return READ_MODELS;
  return names.map((name) => {
    const found = READ_MODELS.find((projection) => projection.name === name);
    if (found !== undefined) return found;
    throw new UnknownProjectionError(
      name,
      READ_MODELS.map((each) => each.name),
    );
  });
}
