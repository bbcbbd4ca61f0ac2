import type { Random } from '#libs/testing';
import { type Concealment, CONCEALMENTS } from './conceal.ts';
import { judge, type Verdict } from './judge.ts';
import type { Stage } from './stage.ts';
import { TAMPERS } from './tampering.ts';

/** On which side of the last anchor. */
export const SIDES = ['before', 'behind'] as const;
type Side = (typeof SIDES)[number];

export interface TamperRound {
  kind: string;
  side: Side;
  concealment: Concealment;
  what: string;
  verdict: Verdict;
  /** What was found, as `code from-through`. */
  found: string[];
}

/** Changes the log in one way, has it verified, and judges what was found. The next round begins with the sound log again. */
export async function runTamper(
  stage: Stage,
  random: Random,
  { kind, side, concealment }: Pick<TamperRound, 'kind' | 'side' | 'concealment'>,
): Promise<TamperRound> {
  const { log } = stage;
  const anchors = stage.anchors.map(({ position }) => position);
  const last = anchors.at(-1) ?? 0;
  const range = side === 'before' ? { from: 1, through: last } : { from: last + 1, through: log.events.length };
  const tampered = TAMPERS[kind]?.({ log, random, ...range }, concealment);
  if (tampered === undefined) throw new Error(`there is no ${kind}`);
  await stage.replace(tampered.log);
  const report = await stage.verify();
  const found = report.findings.map(({ code, from, through }) => `${code} ${from ?? ''}-${through ?? ''}`);
  return { kind, side, concealment, what: tampered.what, verdict: judge(tampered, report, { chain: log.chain, anchors }), found };
}

/** So many rounds of one kind on each side of the last anchor, every concealment in turn. */
export function planRounds(kind: string, count: number): Pick<TamperRound, 'kind' | 'side' | 'concealment'>[] {
  const turns = Array.from({ length: count }, (_, n) => CONCEALMENTS[n % CONCEALMENTS.length] ?? 'row');
  return SIDES.flatMap((side) => turns.map((concealment) => ({ kind, side, concealment })));
}
