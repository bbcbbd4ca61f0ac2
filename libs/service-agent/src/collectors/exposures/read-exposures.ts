import { z } from 'zod';

const CountSchema = z.int().nonnegative();

/** Counted up since whoever answers began. Who never retries has nothing to mask. */
const AnswerSchema = z.object({ total: CountSchema, failed: CountSchema, masked: CountSchema.default(0) });
export type CountedExposures = z.infer<typeof AnswerSchema>;

export interface ExposureSource {
  /** Whose exposures they are; any service, not only one of this agent. */
  readonly serviceId: string;
  readonly url: string;
}

/** Asks a service what it has counted. Where it doesn't answer in time, or says something else, nothing is known: that is no zero. */
export async function readExposures({ url }: ExposureSource, timeoutMs: number): Promise<CountedExposures | undefined> {
  try {
    // A connection of its own, as one that is kept would hold up the graceful end of the service.
    const headers = { connection: 'close', accept: 'application/json' };
    const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    const answer: unknown = await response.json();
    return response.ok ? AnswerSchema.safeParse(answer).data : undefined;
  } catch {
    return undefined;
  }
}
