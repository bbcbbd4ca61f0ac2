import type {
  AnsweredApproval,
  ChangedPolicy,
  ControlAnswer,
  PendingApproval,
  PolicyAnswer,
  UndoneFix,
} from './authority.schema.ts';
import type { ApiKeySummary, CreatedApiKey, RevokedApiKey } from './access.schema.ts';
import type { EscalatedIncident, EscalationDetail, GuardObjection, ReplayedEscalation, TriedFix } from './escalation.schema.ts';
import type { IncidentDetail, IncidentSummary, TimelineEntry } from './incident.schema.ts';
import type { LogEvent } from './log-event.schema.ts';
import type { ServiceSummary } from './service.schema.ts';
import { hasShape, isListOf } from './shape.ts';

/** A page of a list, and the log position that it reflects. */
export interface Page<T> {
  items: readonly T[];
  next_cursor: string | null;
  position: string;
}

// The schemas would say more. They take longer to load than a command may take to start, and more than a page may weigh.

export const isLogEvent = (value: unknown): value is LogEvent =>
  hasShape(value, {
    position: 'string',
    event_id: 'string',
    stream: 'string',
    version: 'number',
    type: 'string',
    recorded_at: 'string',
    data: 'object',
    metadata: 'object',
  });

export const isIncidentSummary = (value: unknown): value is IncidentSummary =>
  hasShape(value, {
    incident_id: 'string',
    state: 'string',
    service: 'string',
    severity: 'string',
    error_type: 'string',
    count: 'number',
    opened_at: 'string',
    ended_at: 'string?',
    strategy: 'string?',
    reason_code: 'string?',
  });

export const isServiceSummary = (value: unknown): value is ServiceSummary =>
  hasShape(value, {
    service_id: 'string',
    state: 'string',
    since: 'string?',
    pid: 'number?',
    owner_agent: 'string',
    probe_url: 'string',
    replicas: 'number',
    critical: 'boolean',
    autonomy: 'string',
    depends_on: 'array',
  });

export const isApiKeySummary = (value: unknown): value is ApiKeySummary =>
  hasShape(value, {
    key_id: 'string',
    owner: 'string',
    kind: 'string',
    role: 'string?',
    state: 'string',
    created_at: 'string',
    expires_at: 'string?',
    revoked_at: 'string?',
  });

export const isCreatedApiKey = (value: unknown): value is CreatedApiKey =>
  hasShape(value, { dry_run: 'boolean', key_id: 'string?', api_key: 'string?', position: 'string' });

export const isRevokedApiKey = (value: unknown): value is RevokedApiKey =>
  hasShape(value, { dry_run: 'boolean', key_id: 'string', changed: 'boolean', position: 'string' });

export const isControlAnswer = (value: unknown): value is ControlAnswer =>
  hasShape(value, { dry_run: 'boolean', stopped: 'array', version: 'number', stored: 'boolean' });

export const isChangedPolicy = (value: unknown): value is ChangedPolicy =>
  hasShape(value, { dry_run: 'boolean', changed: 'boolean', freeze_id: 'string?', position: 'string' });

export const isPolicyAnswer = (value: unknown): value is PolicyAnswer =>
  hasShape(value, { limits: 'object', scopes: 'object', freezes: 'array', position: 'string' });

export const isPendingApproval = (value: unknown): value is PendingApproval =>
  hasShape(value, {
    fix_id: 'string',
    action: 'object',
    action_sha256: 'string',
    persons_required: 'number',
    approved_by: 'array',
    expires_at: 'string',
  }) && hasShape(value['action'], { strategy: 'string', target: 'string', incident_id: 'string' });

export const isAnsweredApproval = (value: unknown): value is AnsweredApproval =>
  hasShape(value, { dry_run: 'boolean', fix_id: 'string', state: 'string', reason_code: 'string?', position: 'string' });

const isUndoCommand = (value: unknown): value is UndoneFix['commands'][number] =>
  hasShape(value, {
    command_id: 'string',
    undoes: 'string',
    agent_id: 'string',
    target: 'string',
    strategy: 'string',
    parameters: 'object',
  });

export const isUndoneFix = (value: unknown): value is UndoneFix =>
  hasShape(value, { dry_run: 'boolean', fix_id: 'string', state: 'string', commands: 'array', position: 'string' }) &&
  isListOf(value.commands, isUndoCommand);

const isExplained = (value: unknown): value is { reason: string } => hasShape(value, { reason: 'string' });

const isTriedFix = (value: unknown): value is TriedFix =>
  hasShape(value, { strategy: 'string', attempt: 'number', verdict: 'string?', reason: 'string?' });

const isObjection = (value: unknown): value is GuardObjection =>
  isExplained(value) && hasShape(value, { guard: 'string', verdict: 'string' });

const isEscalatedIncident = (value: unknown): value is EscalatedIncident =>
  isExplained(value) &&
  hasShape(value, { incident_id: 'string', service: 'string', state: 'string', tried: 'array', objections: 'array' }) &&
  isListOf(value.tried, isTriedFix) &&
  isListOf(value.objections, isObjection);

export const isEscalationDetail = (value: unknown): value is EscalationDetail =>
  hasShape(value, { data: 'object', position: 'string' }) &&
  hasShape(value.data, {
    escalation_id: 'string',
    state: 'string',
    summary: 'string',
    since: 'string',
    incident_count: 'number',
    incidents: 'array',
    next: 'array',
  }) &&
  isListOf(value.data.incidents, isEscalatedIncident) &&
  isListOf(value.data.next, (command) => typeof command === 'string');

export const isReplayedEscalation = (value: unknown): value is ReplayedEscalation =>
  hasShape(value, { dry_run: 'boolean', escalation_id: 'string', webhook_id: 'string', position: 'string' });

const isTimelineEntry = (value: unknown): value is TimelineEntry =>
  isLogEvent(value) && hasShape(value, { since_opened_ms: 'number', since_previous_ms: 'number', caused_by: 'string?' });

export const isIncidentDetail = (value: unknown): value is IncidentDetail =>
  isIncidentSummary(value) &&
  hasShape(value, { timeline: 'array', omitted: 'number', position: 'string' }) &&
  isListOf(value['timeline'], isTimelineEntry);

export const isPageOf = <T>(value: unknown, isItem: (item: unknown) => item is T): value is Page<T> =>
  hasShape(value, { items: 'array', next_cursor: 'string?', position: 'string' }) && isListOf(value['items'], isItem);
