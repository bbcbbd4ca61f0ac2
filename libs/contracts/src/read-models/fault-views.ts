import { count, flag, position, required, text, time, type View } from './view.ts';

const errors: View = {
  name: 'errors',
  path: 'errors',
  projections: ['errors'],
  about: 'One row per report of an agent, as it was taken in.',
  columns: {
    position: required(position('Of its event in the log.')),
    report_id: text('By which the agent knows it.'),
    agent_id: text('Who reported.'),
    agent_class: text('`browser`, `service` or `workspace`: how much its word weighs.'),
    service: text('What it is about: the service, or the application of a page.'),
    source: text('`frontend` or `backend-<service>`.'),
    error_type: text('`js-error`, `network`, `health` or `performance`.'),
    severity: text('As the agent says: `low`, `medium`, `high` or `critical`.'),
    fingerprint: text('Equal for the same fault; with the service it names an incident.'),
    message: text('What the error says, redacted; its first 2,000 characters.'),
    release: text('Of the program that reported.'),
    session_id: text('Of the page, where a page reported.'),
    observed_at: time("When it was observed, by the orchestrator's clock."),
    recorded_at: time('When the log took it in.'),
    age_ms: count('Between observing and taking in, in milliseconds.'),
    tried_strategy: text('What the agent tried by itself.'),
    tried_success: flag('What it claims of that. A claim: nothing is learned from it.'),
  },
  order: ['position'],
  filters: ['service', 'agent_id', 'fingerprint', 'error_type', 'severity'],
};

const deadLetters: View = {
  name: 'dead_letters',
  path: 'dead-letters',
  projections: ['dead_letters'],
  about: 'One row per message that could not be taken in, with what is needed to understand it.',
  columns: {
    position: required(position('Of its event in the log.')),
    recorded_at: time('When the log took it in.'),
    subject: text('On which it came.'),
    agent_id: text('Who sent it, by the subject.'),
    reason_code: text('Why it could not be taken in; a stable code.'),
    reason: text('The same for people.'),
    deliveries: count('How often it had been delivered.'),
    original_sha256: text('SHA-256 of the bytes that came.'),
    original_bytes: count('How many they were.'),
    body: text('Redacted, and cut where it is long.'),
  },
  order: ['position'],
  filters: ['agent_id', 'reason_code'],
};

const incidents: View = {
  name: 'incidents',
  path: 'incidents',
  projections: ['incidents'],
  about: 'One row per incident: reports of the same fault at the same service, from the first to the end.',
  columns: {
    incident_id: required(text('Names it for ever.')),
    episode: count('Which outage of this fault at this service it is, from 1 on.'),
    fingerprint: text('Of the fault.'),
    service: text('Where.'),
    error_type: text('Of the first report.'),
    symptom: text('What kind of fault it is, from a closed list; decisions rest on it.'),
    severity: text('Of the first report.'),
    state: text('`open`, `healing`, `mitigated`, `resolved` or `escalated`.'),
    count: count('Reports so far.'),
    opened_at: time('When the first report was observed.'),
    changed_at: time('When it last changed.'),
    ended_at: time('When an own check had found it healed.'),
    fix_id: text('Of the latest fix.'),
    strategy: text('Of the latest fix.'),
    reason_code: text('Why it was escalated.'),
    from_pos: position('Of the event that made it what it is.'),
  },
  order: ['opened_at', 'incident_id'],
  filters: ['service', 'state'],
  past: 'rows',
};

const errorPatterns: View = {
  name: 'error_patterns',
  path: 'error-patterns',
  projections: ['error_patterns'],
  about: 'What is said again and again, whatever varies in it: one row per kind of error and parameterised message.',
  columns: {
    pattern_id: required(text('Of type and message.')),
    error_type: text('`js-error`, `network`, `health` or `performance`.'),
    pattern: text('The message with placeholders for what varies; its first 1,000 characters.'),
    services: { kind: 'names', about: 'Where it was seen.' },
    count: count('Reports in all.'),
    first_seen_at: time('When the log took the first one in.'),
    last_seen_at: time('When the log took the latest one in.'),
    last_position: required(position('Of the latest one.')),
  },
  order: ['last_position', 'pattern_id'],
  filters: ['error_type'],
};

export const faultViews: readonly View[] = [errors, deadLetters, incidents, errorPatterns];
