import type { VNode } from 'preact';
import { formatAgo, formatInstant, formatSpan } from './ago.ts';
import { now } from './clock.ts';
import { useDerived } from './use-derived.ts';

interface AgoProps {
  at: string;
  /** `12 s` where a word before it says the rest, as in "since". */
  plain?: boolean;
}

/** How long ago something was. Only this text changes when time passes. */
export function Ago({ at, plain = false }: AgoProps): VNode {
  const format = plain ? formatSpan : formatAgo;
  const text = useDerived(() => format(now.value - Date.parse(at)), [at, format]);
  return (
    <time dateTime={at} title={formatInstant(at)}>
      {text}
    </time>
  );
}
