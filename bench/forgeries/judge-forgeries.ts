import type { Result } from '#libs/contracts';
import type { Fate } from './forgery.ts';

export interface Attempt {
  readonly kind: string;
  readonly messageId: string;
  readonly commandId: string;
  readonly fate: Fate;
}

export interface Evidence {
  /** What the agent reported, by command. */
  readonly results: readonly Pick<Result, 'command_id' | 'phase' | 'reason_code'>[];
  /** By message, why the agent gave it up. */
  readonly givenUp: ReadonlyMap<string, string>;
  /** Commands that the agent's journal says were begun. */
  readonly started: ReadonlySet<string>;
  /** Good commands, all of which were to be carried out. */
  readonly good: ReadonlySet<string>;
  /** Starts of the supervised process, by its own count, without the first. */
  readonly restarts: number;
  /** What the agent's metrics count as not carried out. */
  readonly counted: number;
}

/** What went wrong with one of them; `undefined` when it ended as it must. */
export function findFault({ messageId, commandId, fate }: Attempt, evidence: Evidence): string | undefined {
  const results = evidence.results.filter(({ command_id: id }) => id === commandId);
  // One result for the beginning and one for the end were there before.
  if (fate.kind === 'answered') return results.length > 2 ? undefined : 'not answered again';
  if (evidence.started.has(commandId)) return 'carried out';
  const told = results.map(({ phase, reason_code: code }) => `${phase} ${code ?? ''}`).join(', ');
  const code = evidence.givenUp.get(messageId);
  switch (fate.kind) {
    case 'refused':
      return results.some((result) => result.phase === 'refused' && result.reason_code === fate.code)
        ? undefined
        : `not refused with ${fate.code}: ${told || (code ?? 'nothing')}`;
    case 'untrusted':
      if (results.length > 0) return `answered: ${told}`;
      return code === fate.code ? undefined : `not given up with ${fate.code}: ${code ?? 'nothing'}`;
    case 'elsewhere':
      return results.length > 0 || code !== undefined ? 'came to the wrong agent' : undefined;
  }
}

/** Effects that no good command explains, by the journal and by the process itself. */
export function countExecuted({ started, good, restarts }: Evidence): { journal: number; process: number } {
  const foreign = [...started].filter((id) => !good.has(id));
  return { journal: foreign.length, process: restarts - good.size };
}

/**
 * So many the agent must have counted: what it gets and doesn't know already. Good ones that it has forgotten since, as its
 * journal keeps no more than 500, are refused for their fence when they are replayed.
 */
export function countDue(attempts: readonly Attempt[], { results, good }: Evidence): number {
  const due = attempts.filter(({ fate }) => fate.kind === 'refused' || fate.kind === 'untrusted');
  const forgotten = results.filter((result) => good.has(result.command_id) && result.reason_code === 'stale-fence');
  return due.length + new Set(forgotten.map((result) => result.command_id)).size;
}
