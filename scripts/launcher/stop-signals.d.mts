import type { EventEmitter } from 'node:events';

export function listenForStop(options: {
  log: (message: string) => void;
  hurry: () => void;
  source?: EventEmitter;
  now?: () => number;
}): { signal: AbortSignal; asked: Promise<unknown> };
