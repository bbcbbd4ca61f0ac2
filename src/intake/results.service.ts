import { Injectable } from '@nestjs/common';
import { canonicalJson, type JsonObject, parseAgentSubject, type Result, ZantaraError } from '#libs/contracts';
import { validateResult } from '#libs/contracts/schemas';
import { redactJsonObject, redactText } from '#libs/agent-core';
import { sanitizeJson } from '#libs/event-store';
import { ack, deadLetter, type InboundMessage, type Settlement } from '#libs/messaging';
import { failpoint } from '../platform/failpoint.ts';
import { toNewEvent } from '../platform/log/domain-event.ts';
import { Log, sha256Hex } from '../platform/log/log.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { Metrics } from '../platform/metrics/metrics.ts';
import { DeadLettersService } from './dead-letters.service.ts';
import type { ResultReported } from './intake.events.ts';
import { parseBody } from './parse-body.ts';
import { type AgentReceipt, ReceiptsService } from './receipts.service.ts';

/** Takes in what agents say of their commands. */
@Injectable()
export class ResultsService {
  constructor(
    private readonly log: Log,
    private readonly receipts: ReceiptsService,
    private readonly deadLetters: DeadLettersService,
    private readonly metrics: Metrics,
  ) {}

  async takeIn(messages: readonly InboundMessage[]): Promise<Settlement[]> {
    const taken = await Promise.all(messages.map((message) => this.takeInOne(message)));
    await failpoint('result.stored');
    this.receipts.send(
      'result',
      taken.flatMap((one) => ('agentId' in one ? [one] : [])),
    );
    return taken.map((one) => ('agentId' in one ? ack() : one));
  }

  /** What the agent is told once the message is ours; a settlement where nobody can be told. */
  private async takeInOne(message: InboundMessage): Promise<AgentReceipt | Settlement> {
    const from = parseAgentSubject(message.subject);
    if (from?.kind !== 'result') return deadLetter('unknown-subject', `${message.subject} is not a result subject`);
    const parsed = parseBody(message);
    if (!parsed.ok) return deadLetter(parsed.reasonCode, parsed.reason);
    const { body } = parsed;
    const result = validateResult(body);
    if (!result.valid)
      return this.refuse(message, from.agentId, { id: idOf(body), reasonCode: 'invalid-result', reason: result.reason });
    try {
      return await this.store(message, from.agentId, result.value);
    } catch (error) {
      // It has the right form, and holds what can't be stored.
      if (!(error instanceof ZantaraError) || error.kind !== 'invalid') throw error;
      return this.refuse(message, from.agentId, { id: idOf(body), reasonCode: error.code, reason: error.message });
    }
  }

  private async store(message: InboundMessage, agentId: string, result: Result): Promise<AgentReceipt> {
    const { value, replaced } = sanitizeJson(result);
    const id = `${value.command_id}:${value.phase}`;
    const appended = await this.log.commit({
      idempotency: { scope: agentId, key: `result:${id}`, contentHash: sha256Hex(canonicalJson({ ...value })) },
      writes: [
        {
          stream: logStreams.reports(agentId),
          expected: 'any',
          events: [toNewEvent(toEvent(agentId, value), { actor: `agent:${agentId}` })],
        },
      ],
    });
    if (appended.status === 'conflict') {
      const reason = `result ${id} was stored before with other content`;
      return this.refuse(message, agentId, { id, reasonCode: 'result-changed', reason });
    }
    if (appended.status === 'appended') this.metrics.replacedCharacters.inc(replaced);
    return { agentId, ids: [id], rejected: [] };
  }

  /** Keeps it, then says so: without a receipt the agent would send it for ever. */
  private async refuse(
    { subject, deliveries, data }: InboundMessage,
    agentId: string,
    { id, reasonCode, reason }: { id: string; reasonCode: string; reason: string },
  ): Promise<AgentReceipt> {
    await this.deadLetters.bury({ subject, deliveries, reasonCode, reason, data });
    return { agentId, ids: [], rejected: [{ id, reason_code: reasonCode, reason }] };
  }
}

/** More than any command id and phase have together; a part of an id names nothing in the outbox of its sender. */
const MAX_ID_CHARACTERS = 200;

/** The id by which the agent knows its result; empty where there is none, so that no receipt names it. */
function idOf(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('command_id' in body) || !('phase' in body)) return '';
  const { command_id: commandId, phase } = body;
  // An object of the sender's making may have no text form at all.
  if (typeof commandId !== 'string' || typeof phase !== 'string') return '';
  const id = `${commandId}:${phase}`;
  return id.length <= MAX_ID_CHARACTERS ? id : '';
}

function toEvent(
  agentId: string,
  { command_id, phase, reason_code, detail, duration_ms, evidence, fix }: Result,
): ResultReported {
  const optional: JsonObject & Partial<ResultReported['data']> = {
    ...(reason_code === undefined ? {} : { reason_code }),
    ...(detail === undefined ? {} : { detail: redactText(detail).value }),
    ...(duration_ms === undefined ? {} : { duration_ms }),
    ...(evidence === undefined ? {} : { evidence: redactJsonObject(evidence).value }),
    ...(fix === undefined ? {} : { fix }),
  };
  return { type: 'ResultReported', data: { agent_id: agentId, command_id, phase, ...optional } };
}
