import { useEffect, useMemo } from 'preact/hooks';
import type { LogEvent } from '#libs/contracts';
import { watchLag } from '../live/as-of.ts';
import { liveLog } from '../live/live-log.ts';
import { logIdentity } from '../live/log-identity.ts';
import { whileVisible } from '../live/while-visible.ts';
import { Refreshed } from './refreshed.ts';

interface Source<T> {
  load: () => Promise<T>;
  concerns: (event: LogEvent) => boolean;
  minIntervalMs?: number;
}

/** An answer that follows the log as long as the component is shown; another `key` is another question. */
export function useRefreshed<T extends { position: string }>(key: string, source: Source<T>): Refreshed<T> {
  const refreshed = useMemo(() => new Refreshed(source), [key]);
  useEffect(() => follow(refreshed, source.concerns), [refreshed]);
  return refreshed;
}

export function follow<T extends { position: string }>(
  refreshed: Refreshed<T>,
  concerns: (event: LogEvent) => boolean,
): () => void {
  const leave = [
    watchLag(refreshed),
    logIdentity.onChange(() => refreshed.reset()),
    liveLog.onLeap((position) => refreshed.want(position)),
    liveLog.onEvents((events) => {
      const last = events.findLast(concerns);
      if (last !== undefined) refreshed.want(last.position);
    }),
    whileVisible(() => {
      refreshed.start();
      return () => refreshed.stop();
    }),
  ];
  return () => {
    for (const stop of leave) stop();
  };
}
