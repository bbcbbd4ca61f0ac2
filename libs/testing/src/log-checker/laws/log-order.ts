import type { CheckFrame } from '../evidence.ts';
import { type Law, violation } from '../law.ts';

/** `position-gap`, `position-order`: positions are 1, 2, 3 and so on up to the head, in that order. */
export function createPositionLaw({ head }: CheckFrame): Law {
  let last = 0;
  return {
    observe({ position }) {
      const before = last;
      last = Math.max(last, position);
      if (position <= before)
        return [violation('position-order', `position ${position} comes after ${before}`, { positions: [position] })];
      if (position === before + 1) return [];
      return [violation('position-gap', `nothing is stored between ${before} and ${position}`, { positions: [before + 1] })];
    },
    finish() {
      if (last === head.position) return [];
      const sentence = `the head is at ${head.position} and the last event at ${last}`;
      return [violation('position-gap', sentence, { positions: [Math.min(last, head.position) + 1] })];
    },
  };
}

/** `version-gap`: the versions of each stream are dense from 1, and its head row names the last one. */
export function createVersionLaw({ streamHeads }: CheckFrame): Law {
  const versions = new Map<string, number>();
  return {
    observe({ stream, version, position }) {
      const before = versions.get(stream) ?? 0;
      versions.set(stream, version);
      if (version === before + 1) return [];
      const sentence = `in ${stream} version ${version} follows ${before}`;
      return [violation('version-gap', sentence, { positions: [position], ids: [stream] })];
    },
    finish() {
      const streams = new Set([...versions.keys(), ...streamHeads.keys()]);
      return [...streams].flatMap((stream) => {
        const last = versions.get(stream) ?? 0;
        const head = streamHeads.get(stream) ?? 0;
        if (last === head) return [];
        const sentence = `${stream} ends with version ${last}, and its head says ${head}`;
        return [violation('version-gap', sentence, { ids: [stream] })];
      });
    },
  };
}

/** `time-order`: the time of recording never decreases, or time would not lead to a position. */
export function createTimeLaw(): Law {
  let latest = Number.NEGATIVE_INFINITY;
  return {
    observe({ position, recordedAtMs }) {
      const before = latest;
      latest = Math.max(latest, recordedAtMs);
      if (recordedAtMs >= before) return [];
      const sentence = `recorded ${before - recordedAtMs} ms before an earlier event`;
      return [violation('time-order', sentence, { positions: [position] })];
    },
  };
}
