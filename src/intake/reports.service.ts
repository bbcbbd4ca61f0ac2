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
import { DeadLettersService } from './dead-letters.service.ts';
import { computeMessageAgeMs } from './message-age.ts';
import { parseBody } from './parse-body.ts';
import { type AgentReceipt, ReceiptsService } from './receipts.service.ts';
import { type Companion, ReportCompanions } from './report-companions.service.ts';
import { type BrokenEnvelope, type TakenReport, takeReports } from './report-intake.ts';

type Rejection = AgentReceipt['rejected'][number];
type Outcome = { accepted: string } | { rejected: Rejection };

/** What a message holds, or what becomes of it. */
type ReadMessage = { agentId: string; taken: TakenReport[] | BrokenEnvelope } | Settlement;

/** What becomes of a message, and what its agent is told. */
interface Taken {
  settlement: Settlement;
  receipt?: AgentReceipt;
}

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

  /** The appends of all share commits and receipts. */
  async takeIn(messages: readonly InboundMessage[]): Promise<Settlement[]> {
    const taken = await Promise.all(messages.map((message) => this.takeInOne(message)));
    await failpoint('intake.stored');
    this.receipts.send(
      'report',
      taken.flatMap(({ receipt }) => receipt ?? []),
    );
    return taken.map(({ settlement }) => settlement);
  }

  private read(message: InboundMessage): ReadMessage {
    const from = parseAgentSubject(message.subject);
    if (from?.kind !== 'report') return deadLetter('unknown-subject', `${message.subject} is not a report subject`);
    const parsed = parseBody(message);
    if (!parsed.ok) return deadLetter(parsed.reasonCode, parsed.reason);
    const nowMs = this.clock.nowMs();
    const ageMs = computeMessageAgeMs(message, this.clock.ofBroker(message.storedAt), this.clock.databaseMs());
    return { agentId: from.agentId, taken: takeReports(parsed.body, { from, receivedAtMs: nowMs, ageMs }) };
  }

  private async takeInOne(message: InboundMessage): Promise<Taken> {
    const holds = this.read(message);
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
    const result = await (companion === undefined ? this.log.commit(request) : this.storeWith(companion, request));
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
      const result = await this.log.commit({ ...request, writes: [...request.writes, ...writes], conditions });
      isStored = result.status === 'appended';
      return result.status === 'conflict' ? await this.log.commit(request) : result;
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
