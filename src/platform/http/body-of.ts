import { BadRequestException, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';

/** Parses what was sent by the schema that describes it in OpenAPI: `@Body(bodyOf(StopSchema)) body: Stop`. */
export const bodyOf = <S extends z.ZodType>(schema: S): PipeTransform<unknown, z.output<S>> => ({
  transform(sent) {
    const parsed = schema.safeParse(sent);
    if (parsed.success) return parsed.data;
    throw new BadRequestException(parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`));
  },
});
