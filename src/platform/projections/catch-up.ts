import type { LogPage } from '#libs/event-store';
import type { Generation } from './generation.ts';
import type { ProjectionRunner } from './projection-runner.ts';

/** Large, because of a long log every page costs the same few round trips. */
const PAGE = 3_000;

export interface CatchUpOptions {
  /** The position to come to, exactly. */
  readonly through: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((position: number) => void) | undefined;
}

/**
 * Moves a generation on to a position; several may do so together. The next page is read while one is folded and written.
 *
 * @returns where it stands: before `through` only when the signal was given
 */
export async function catchUp(
  runner: ProjectionRunner,
  start: Generation,
  { through, signal, onProgress }: CatchUpOptions,
): Promise<Generation> {
  const read = (after: number): Promise<LogPage> => {
    const page = runner.read(after, Math.max(0, Math.min(PAGE, through - after)));
    // It is awaited later, or never, when the page before it fails.
    page.catch(() => undefined);
    return page;
  };
  let at = start;
  let next = read(at.position);
  while (at.position < through && signal?.aborted !== true) {
    const page = await next;
    next = read(page.last);
    const moved = page.last === at.position ? undefined : await runner.take(at, page);
    if (moved === undefined) {
      at = await runner.reload(at);
      next = read(at.position);
    } else at = moved;
    onProgress?.(at.position);
  }
  return at;
}
