import type { LogEvent } from '../api/log-event.schema.ts';
import { shorten } from './plain.ts';
import { Fields } from './fields.ts';
import { StoryMemory } from './story-memory.ts';
import { say, type Sentence, type Teller } from './sentence.ts';
import { ACCESS_TELLERS } from './tellers/access.ts';
import { AUTHORITY_TELLERS } from './tellers/authority.ts';
import { CATALOGUE_TELLERS } from './tellers/catalogue.ts';
import { DECISION_TELLERS } from './tellers/decision.ts';
import { ESCALATION_TELLERS } from './tellers/escalation.ts';
import { FIX_TELLERS } from './tellers/fix.ts';
import { INCIDENT_TELLERS } from './tellers/incident.ts';
import { INTAKE_TELLERS } from './tellers/intake.ts';
import { UNDO_TELLERS } from './tellers/undo.ts';
import { VERIFICATION_TELLERS } from './tellers/verification.ts';

/** An event, what it says, and the service that it is about. */
export interface Told<T extends LogEvent = LogEvent> {
  event: T;
  sentence: Sentence;
  subject: string;
}

const TELLERS: ReadonlyMap<string, Teller> = new Map(
  Object.entries({
    ...INTAKE_TELLERS,
    ...ACCESS_TELLERS,
    ...CATALOGUE_TELLERS,
    ...INCIDENT_TELLERS,
    ...AUTHORITY_TELLERS,
    ...DECISION_TELLERS,
    ...FIX_TELLERS,
    ...UNDO_TELLERS,
    ...VERIFICATION_TELLERS,
    ...ESCALATION_TELLERS,
  }),
);

/** Turns events, in their order, into sentences. */
export class Narrator {
  private readonly memory = new StoryMemory();

  tell<T extends LogEvent>(event: T): Told<T> {
    // What an agent answers is its claim, and may name a fix of another one.
    if (event.type !== 'ResultReported') this.memory.learn(event.data);
    const data = new Fields(event.data);
    return { event, sentence: this.phrase(event, data), subject: this.subjectOf(event, data) };
  }

  /** An orchestrator that is newer than this program has events that it can't tell. */
  private phrase(event: LogEvent, data: Fields): Sentence {
    const tell = TELLERS.get(event.type);
    return (
      tell?.(data, this.memory, event.recorded_at) ?? say('plain', `${shorten(event.type, 60)} in ${shorten(event.stream, 100)}`)
    );
  }

  private subjectOf(event: LogEvent, data: Fields): string {
    const named = data.find('target') ?? data.find('service_id');
    return named ?? this.memory.findOf(data).target ?? shorten(event.stream, 40);
  }
}
