import { Injectable } from '@nestjs/common';
import { countUtf8Bytes, type Receipt, receiptSubject } from '#libs/contracts';
import { sanitizeJson } from '#libs/event-store';
import { NatsLink } from '#libs/messaging';
import { Configuration } from '../platform/config/configuration.ts';
import { type Load, toGroups } from './bounded-groups.ts';

type Rejection = Receipt['rejected'][number];

/** What became of items of one agent. */
export interface AgentReceipt {
  agentId: string;
  ids: readonly string[];
  rejected: readonly Rejection[];
}

/** Far below what a message may carry, as one broken message may hold tens of thousands of ids. */
const PART: Load = { events: 1_000, bytes: 256 * 1024 };

type Line = Load & ({ id: string } | { rejection: Rejection });

/** Tells agents what is committed. A receipt that gets lost is asked for again by the re-send. */
@Injectable()
export class ReceiptsService {
  constructor(
    private readonly link: NatsLink,
    private readonly config: Configuration,
  ) {}

  /** Agent by agent, in as few messages as can carry it: a storm of reports makes no storm of receipts. */
  send(kind: Receipt['kind'], receipts: readonly AgentReceipt[]): void {
    const lines = new Map<string, Line[]>();
    for (const receipt of receipts) lines.set(receipt.agentId, [...(lines.get(receipt.agentId) ?? []), ...toLines(receipt)]);
    for (const [agentId, all] of lines) for (const part of toGroups(all, PART)) this.sendPart(kind, agentId, part);
  }

  private sendPart(kind: Receipt['kind'], agentId: string, part: readonly Line[]): void {
    const receipt: Receipt = {
      v: 1,
      kind,
      ids: part.flatMap((line) => ('id' in line ? [line.id] : [])),
      rejected: part.flatMap((line) => ('rejection' in line ? [line.rejection] : [])),
    };
    // An id of what is rejected, and the reason that quotes it, may hold half a character, which has no form in UTF-8.
    const body = new TextEncoder().encode(JSON.stringify(sanitizeJson({ ...receipt }).value));
    this.link.send({ subject: receiptSubject(this.config.tenant, agentId), body });
  }
}

/** What has no id can be named to nobody. */
const toLines = ({ ids, rejected }: AgentReceipt): Line[] => [
  ...ids.filter((id) => id !== '').map((id) => ({ id, ...measure(id) })),
  ...rejected.filter(({ id }) => id !== '').map((rejection) => ({ rejection, ...measure(rejection) })),
];

const measure = (line: string | Rejection): Load => ({ events: 1, bytes: countUtf8Bytes(JSON.stringify(line)) });
