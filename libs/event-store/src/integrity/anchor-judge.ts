import type { Anchor } from './anchor.ts';
import type { AuditedBatch } from './audited-rows.ts';
import type { Findings } from './finding.ts';

/** Holds the chain against the anchors as it goes by: where it passes through one, everything up to there is as it was then. */
export class AnchorJudge {
  readonly #findings: Findings;
  readonly #anchors: readonly Anchor[];
  #next = 0;
  #good: Anchor | undefined;
  /** The first of those in a row that don't hold. */
  #bad: Anchor | undefined;

  /** @param anchors of this log */
  constructor(anchors: readonly Anchor[], findings: Findings) {
    this.#anchors = anchors.toSorted((a, b) => a.position - b.position);
    this.#findings = findings;
  }

  /** The last anchor that holds. */
  get lastGood(): Anchor | undefined {
    return this.#good;
  }

  observe(batch: AuditedBatch): void {
    for (let anchor = this.#peek(batch.lastPosition); anchor; anchor = this.#peek(batch.lastPosition)) {
      this.#next += 1;
      if (isEndOf(batch, anchor)) this.#accept(anchor);
      else this.#bad ??= anchor;
    }
  }

  /** The chain has ended: what is anchored behind it is gone. */
  finish(): void {
    this.#bad ??= this.#peek(Number.POSITIVE_INFINITY);
    this.#tell();
  }

  #peek(through: number): Anchor | undefined {
    const anchor = this.#anchors[this.#next];
    return anchor && anchor.position <= through ? anchor : undefined;
  }

  #accept(anchor: Anchor): void {
    this.#tell();
    this.#good = anchor;
  }

  #tell(): void {
    if (this.#bad === undefined) return;
    this.#findings.add('anchor-differs', { from: (this.#good?.position ?? 0) + 1, through: this.#bad.position });
    this.#bad = undefined;
  }
}

const isEndOf = ({ lastPosition, hash, recordedAtUs }: AuditedBatch, anchor: Anchor): boolean =>
  anchor.position === lastPosition &&
  anchor.chainHash === hash.toString('hex') &&
  Date.parse(anchor.recordedAt) * 1000 === recordedAtUs;
