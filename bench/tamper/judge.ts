import type { VerifyReport } from '#libs/event-store';
import type { ChainRow } from './stored-log.ts';
import type { Tampered } from './tampering.ts';

/** `named`: found, and named as it should be. `unanchored`: behind the last anchor, and told that nothing vouches for it. */
export type Verdict = 'named' | 'unanchored' | 'missed';

type Report = Pick<VerifyReport, 'findings' | 'anchored'>;
interface Before {
  readonly chain: readonly ChainRow[];
  /** Positions of the anchors, in order. */
  readonly anchors: readonly number[];
}

const NAMES_EVENTS = new Set([
  'event-changed',
  'event-time',
  'event-missing',
  'event-misplaced',
  'stream-broken',
  'batch-missing',
]);
const NAMES_BATCHES = new Set(['batch-changed', 'batch-rehashed', 'head-differs']);

export function judge(tampered: Tampered, report: Report, before: Before): Verdict {
  if (isNamed(tampered, report, before)) return 'named';
  const first = Math.min(...tampered.positions);
  const isBehind = first > (before.anchors.at(-1) ?? 0);
  return tampered.named === 'anchors' && isBehind && first > (report.anchored?.position ?? 0) ? 'unanchored' : 'missed';
}

function isNamed({ positions, named }: Tampered, { findings }: Report, { chain, anchors }: Before): boolean {
  const touched = new Set(positions);
  const first = Math.min(...positions);
  /** No finding may name more than what was touched. */
  const isExact = (from: number, through: number): boolean => {
    for (let position = from; position <= through; position += 1) if (!touched.has(position)) return false;
    return true;
  };
  switch (named) {
    case 'positions':
      return positions.every((position) =>
        findings.some(
          ({ code, from = -1, through = -1 }) =>
            NAMES_EVENTS.has(code) && from <= position && position <= through && isExact(from, through),
        ),
      );
    case 'batches':
      return positions.every((position) => {
        const batch = chain.find(({ last_position: last }) => last >= position);
        return findings.some(
          ({ code, from, through }) =>
            NAMES_BATCHES.has(code) && from === batch?.first_position && through === batch?.last_position,
        );
      });
    case 'anchors': {
      const good = anchors.findLast((anchor) => anchor < first) ?? 0;
      const bad = anchors.find((anchor) => anchor >= first);
      return findings.some(({ code, from, through }) => code === 'anchor-differs' && from === good + 1 && through === bad);
    }
  }
}
