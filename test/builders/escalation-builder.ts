import type { EscalationEvent } from '../../src/escalations/escalation.events.ts';
import { type EscalationState, evolveEscalation } from '../../src/escalations/escalation.ts';
import { recorded } from './log-builder.ts';

export const RAISED_AT_MS = Date.parse('2026-01-01T00:00:00.000Z');

/** What the events make of an escalation, each a second after the one before. */
export const foldEscalation = (events: readonly EscalationEvent[]): EscalationState =>
  events.reduce<EscalationState>(
    (state, event, index) => evolveEscalation(state, recorded(event, { recordedAt: new Date(RAISED_AT_MS + index * 1000) })),
    undefined,
  );
