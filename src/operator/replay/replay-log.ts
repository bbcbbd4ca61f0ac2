import { formatPosition } from '#libs/contracts';
import type { EventStore } from '#libs/event-store';
import { toLogEvent } from '../../platform/log/log-event.ts';
import type { Projection } from '../../platform/projections/projection.ts';
import { VERSION } from '../../platform/version.ts';
import { type ReplayManifest, ResultHash } from './manifest.ts';
import { type Outcome, Replayer } from './replayer.ts';
import { createSelector, type ReadEvent, type Selection } from './selection.ts';

export interface ReplayOptions {
  /** The first and the last position that are told. What comes before is folded, so that the state is that of the log. */
  readonly from: number;
  readonly to: number;
  readonly selection: Selection;
  /** Each event with the rows that it changed, as they were before and after it. */
  readonly withEffects: boolean;
  readonly onProgress: (position: number) => void;
  readonly signal: AbortSignal;
}

type ReadLog = Pick<EventStore, 'readPage' | 'logId'>;

const PAGE = 1_000;

/**
 * Reads the log again and tells what each selected event means, from the first to the last; then what the whole of it was. An
 * event that can't be read or handled is told with the reason, and the replay goes on.
 *
 * @param tell gets a line of JSON for each event, and waits where the reader is slow
 */
export async function replayLog(
  { store, projections }: { store: ReadLog; projections: readonly Projection[] },
  options: ReplayOptions,
  tell: (line: string) => Promise<void>,
): Promise<ReplayManifest> {
  const replayer = new Replayer(projections);
  const isSelected = createSelector(options.selection);
  const result = new ResultHash();
  for (let at = 0; at < options.to;) {
    const page = await store.readPage({ after: at, limit: Math.min(PAGE, options.to - at) });
    options.signal.throwIfAborted();
    if (page.last === at) break;
    const selected = page.events.filter(isSelected);
    await replayPage({ replayer, result, tell, ...options }, selected);
    at = page.last;
    options.onProgress(at);
  }
  return {
    kind: 'manifest',
    log_id: await store.logId(),
    product_version: VERSION,
    range: { from: formatPosition(options.from), to: formatPosition(options.to) },
    selection: options.selection,
    with_effects: options.withEffects,
    events: result.events,
    events_with_problems: result.eventsWithProblems,
    read_models: replayer.digests(),
    result_sha256: result.digest(),
  };
}

interface PageWork extends Pick<ReplayOptions, 'from' | 'withEffects'> {
  replayer: Replayer;
  result: ResultHash;
  tell: (line: string) => Promise<void>;
}

/** What isn't told with its effects is folded in one go: that is ten times as fast as one event after the other. */
async function replayPage({ replayer, result, tell, from, withEffects }: PageWork, events: readonly ReadEvent[]): Promise<void> {
  const told = events.filter(({ position }) => position >= from);
  const together = withEffects ? events.filter(({ position }) => position < from) : events;
  const { problems } = await replayer.take(together, { withEffects: false });
  for (const event of told) {
    const own = problems.filter(({ position }) => position === event.position);
    const outcome = withEffects ? await replayer.take([event], { withEffects }) : { problems: own };
    const line = JSON.stringify(toLine(event, outcome));
    result.add(line, outcome.problems.length > 0);
    await tell(line);
  }
}

function toLine(event: ReadEvent, { effects, problems }: Partial<Outcome> & Pick<Outcome, 'problems'>): object {
  return {
    kind: 'event',
    ...('unreadable' in event ? describeUnreadable(event) : toLogEvent(event)),
    ...(effects !== undefined && { effects }),
    ...(problems.length > 0 && { problems: problems.map(({ position: _position, ...problem }) => problem) }),
  };
}

const describeUnreadable = ({
  position,
  stream,
  version,
  type,
  recordedAt,
  unreadable,
}: ReadEvent & { unreadable: Error }): object => ({
  position: formatPosition(position),
  stream,
  version,
  type,
  recorded_at: recordedAt.toISOString(),
  unreadable: unreadable.message,
});
