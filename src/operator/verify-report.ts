import type { VerifyAnswer, VerifyFinding, VerifyNote } from '#libs/contracts';
import type { Finding, VerifyReport } from '#libs/event-store';

export function toVerifyAnswer(report: VerifyReport, measured: { seconds: number; unread: readonly string[] }): VerifyAnswer {
  const { logId, head, chainHash, anchored, events, batches, streams, keys, anchors, findings, more } = report;
  return {
    is_sound: findings.length === 0,
    log_id: logId,
    head: String(head),
    chain_hash: chainHash,
    anchored: anchored ? { position: String(anchored.position), recorded_at: anchored.recordedAt } : null,
    events,
    batches,
    streams,
    keys,
    anchors,
    seconds: Math.round(measured.seconds * 1000) / 1000,
    events_per_second: Math.round(events / Math.max(measured.seconds, 0.001)),
    findings: findings.map(toPlace),
    more,
    notes: [...toUnanchored(report), ...toOutdated(report), ...toForeign(report), ...measured.unread.map(toUnread)],
  };
}

const toText = (position: number | undefined): string | undefined => (position === undefined ? undefined : String(position));

function toPlace({ code, sentence, from, through, stream }: Finding): VerifyFinding {
  const place = { from: toText(from), through: toText(through), stream };
  return { code, sentence, ...Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined)) };
}

/** What comes behind the last anchor could have been changed together with the chain, or cut off: nothing inside shows it. */
function toUnanchored({ anchored, head }: VerifyReport): VerifyNote[] {
  const last = anchored?.position ?? 0;
  if (last >= head)
    return [
      {
        code: 'unanchored',
        sentence: `nothing shows what was behind position ${last}, had it been cut off`,
        from: String(last + 1),
      },
    ];
  const range = { from: String(last + 1), through: String(head) };
  const sentence = `no anchor vouches for positions ${range.from} to ${range.through} yet`;
  return [{ code: 'unanchored', sentence, ...range }];
}

/** What was noted down before the way of hashing changed. */
const toOutdated = ({ outdatedAnchors: count }: VerifyReport): VerifyNote[] =>
  count === 0
    ? []
    : [{ code: 'anchors-outdated', sentence: `anchors of another way of hashing, which vouch for nothing: ${count}` }];

/** A log that was replaced on purpose, or was not. */
const toForeign = ({ foreignAnchors }: VerifyReport): VerifyNote[] =>
  foreignAnchors === 0 ? [] : [{ code: 'anchors-foreign', sentence: `anchors of other logs: ${foreignAnchors}` }];

const toUnread = (what: string): VerifyNote => ({ code: 'anchors-unread', sentence: `anchors could not be read from ${what}` });
