import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { redactJson } from '#libs/agent-core';
import { HEADERS, type JsonValue, parseAgentSubject } from '#libs/contracts';
import { type AppendRequest, type AppendResult, isTooDeep } from '#libs/event-store';
import { ack, deadLetter, type InboundMessage, type Settlement } from '#libs/messaging';
import { Clock } from '../platform/clock.ts';
import { failpoint } from '../platform/failpoint.ts';
import { Log } from '../platform/log/log.ts';
import { toNewEvent } from '../platform/log/domain-event.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { Metrics } from '../platform/metrics/metrics.ts';
import { type Load, toGroups } from './bounded-groups.ts';
import { DeadLettersService } from './dead-letters.service.ts';
import { computeMessageAgeMs } from './message-age.ts';
import { parseBody } from './parse-body.ts';
import { type AgentReceipt, ReceiptsService } from './receipts.service.ts';
import { type Companion, ReportCompanions } from './report-companions.service.ts';
import { type BrokenEnvelope, type TakenReport, takeReports } from './report-intake.ts';

type Rejection = AgentReceipt['rejected'][number];
type Outcome = { accepted: string } | { rejected: Rejection };

/** A message that was read: what it holds, or what becomes of it. */
interface ReadMessage extends Load {
  message: InboundMessage;
  holds: { agentId: string; taken: TakenReport[] | BrokenEnvelope } | Settlement;
}

/** What becomes of a message, and what its agent is told. */
interface Taken {
  settlement: Settlement;
  receipt?: AgentReceipt;
}

/** A message that holds more goes alone. What comes first is receipted before the rest of a flood is read. */
const GROUP: Load = { events: 50, bytes: 2 * 1024 * 1024 };

/** Takes reports in: each is stored once, for ever, and then receipted. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly log: Log,
    private readonly clock: Clock,
    private readonly receipts: ReceiptsService,
    private readonly deadLetters: DeadLettersService,
    private readonly metrics: Metrics,
    private readonly companions: ReportCompanions,
  ) {}

  /** Group by group: the appends of one share commits and receipts, and go on while the next is read. */
  async takeIn(messages: readonly InboundMessage[]): Promise<Settlement[]> {
    const settlements: Settlement[] = [];
    let before: Promise<Settlement[]> = Promise.resolve([]);
    for (const group of toGroups(this.readAll(messages), GROUP)) {
      const now = this.takeInGroup(group);
      now.catch(() => undefined); // it is heard of when the next group has begun
      // Without the turn the next group would be read before the appends of this one are sent.
      await nextTurn();
      settlements.push(...(await before));
      before = now;
    }
    return [...settlements, ...(await before)];
  }

  private async takeInGroup(group: readonly ReadMessage[]): Promise<Settlement[]> {
    const taken = await Promise.all(group.map((read) => this.takeInOne(read)));
    await failpoint('intake.stored');
    this.receipts.send(
      'report',
      taken.flatMap(({ receipt }) => receipt ?? []),
    );
    return taken.map(({ settlement }) => settlement);
  }

  private *readAll(messages: readonly InboundMessage[]): Generator<ReadMessage> {
    for (const message of messages) {
      const holds = this.read(message);
      const events = 'taken' in holds && Array.isArray(holds.taken) ? holds.taken.length : 1;
      yield { message, holds, events, bytes: message.data.length };
    }
  }

  private read(message: InboundMessage): ReadMessage['holds'] {
    const from = parseAgentSubject(message.subject);
    if (from?.kind !== 'report') return deadLetter('unknown-subject', `${message.subject} is not a report subject`);
    const parsed = parseBody(message);
    if (!parsed.ok) return deadLetter(parsed.reasonCode, parsed.reason);
    const nowMs = this.clock.nowMs();
    const ageMs = computeMessageAgeMs(message, this.clock.ofBroker(message.storedAt), this.clock.databaseMs());
    return { agentId: from.agentId, taken: takeReports(parsed.body, { from, receivedAtMs: nowMs, ageMs }) };
  }

  private async takeInOne({ message, holds }: ReadMessage): Promise<Taken> {
    if ('action' in holds) return { settlement: holds };
    const { agentId, taken } = holds;
    if (!Array.isArray(taken)) return this.refuseAll(message, agentId, taken);
    const outcomes = await Promise.all(taken.map((report) => this.store(report, message)));
    const ids = outcomes.flatMap((outcome) => ('accepted' in outcome ? [outcome.accepted] : []));
    const rejected = outcomes.flatMap((outcome) => ('rejected' in outcome ? [outcome.rejected] : []));
    return { settlement: ack(), receipt: { agentId, ids, rejected } };
  }

  /** Keeps it, then says so: without a receipt the agent would send it for ever. */
  private async refuseAll(
    { subject, deliveries, data }: InboundMessage,
    agentId: string,
    { ids, reasonCode, reason }: BrokenEnvelope,
  ): Promise<Taken> {
    await this.deadLetters.bury({ subject, deliveries, reasonCode, reason, data });
    // It is the same for all of them, and may be long.
    const rejected = ids.map((id, index) => ({ id, reason_code: reasonCode, reason: index === 0 ? reason : 'as the first' }));
    return { settlement: ack(), receipt: { agentId, ids: [], rejected } };
  }

  private async store(report: TakenReport, message: InboundMessage): Promise<Outcome> {
    if (!report.ok) return this.reject(report, message);
    const { data } = report.event;
    const event = toNewEvent(report.event, { actor: `agent:${data.agent_id}`, traceparent: readTraceparent(message) });
    const request: AppendRequest = {
      idempotency: { scope: data.agent_id, key: report.id, contentHash: report.contentHash },
      writes: [{ stream: logStreams.reports(data.agent_id), expected: 'any', events: [event] }],
    };
    const found = this.companions.find({ id: event.id, data });
    // Reports that set nothing off keep their order.
    const companion = found === undefined ? undefined : await found;
    const result = await (companion === undefined ? this.log.store.append(request) : this.storeWith(companion, request));
    if (result.status === 'conflict') {
      const reason = `report ${report.id} was stored before with other content`;
      return this.reject({ ...report, reasonCode: 'report-changed', reason }, message);
    }
    this.metrics.reports.inc({ outcome: result.status });
    if (result.status === 'appended') this.metrics.replacedCharacters.inc(report.replaced);
    return { accepted: report.id };
  }

  /** The report is stored in any case; what is refused is only that the rest holds. */
  private async storeWith({ writes, conditions, onSettled }: Companion, request: AppendRequest): Promise<AppendResult> {
    let isStored = false;
    try {
      const result = await this.log.store.append({ ...request, writes: [...request.writes, ...writes], conditions });
      isStored = result.status === 'appended';
      return result.status === 'conflict' ? await this.log.store.append(request) : result;
    } finally {
      onSettled(isStored);
    }
  }

  private async reject(
    { id, reasonCode, reason, item }: Pick<TakenReport & { ok: false }, 'id' | 'reasonCode' | 'reason' | 'item'>,
    { subject, deliveries }: InboundMessage,
  ): Promise<Outcome> {
    await this.deadLetters.bury({ subject, deliveries, reasonCode, reason, data: encodeItem(item) });
    return { rejected: { id, reason_code: reasonCode, reason } };
  }
}

/** As it was sent; what nests too deep to be written is cut as the redaction cuts it. */
function encodeItem(item: JsonValue): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(isTooDeep(item) ? redactJson(item).value : item));
}

/** W3C trace context, version 00. Anything else in the header is an agent's text and doesn't enter the log. */
function readTraceparent(message: InboundMessage): string | undefined {
  const value = message.header(HEADERS.traceparent);
  return value !== undefined && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(value) ? value : undefined;
}
