import {
  canonicalJson,
  computeFingerprint,
  type JsonValue,
  type PublisherAddress,
  type Report,
  ZantaraError,
} from '#libs/contracts';
import { MAX_REPORT_ITEMS, type ReportEnvelope, validateReport, validateReportEnvelope } from '#libs/contracts/schemas';
import { redactJsonObject, redactText } from '#libs/agent-core';
import { sanitizeJson } from '#libs/event-store';
import { sha256Hex } from '../platform/log/log.ts';
import type { ErrorReported } from './intake.events.ts';

/** One item of a message, ready to be appended, or what is wrong with it. */
export type TakenReport =
  | { ok: true; id: string; event: ErrorReported; contentHash: string; replaced: number; item: JsonValue }
  | { ok: false; id: string; reasonCode: string; reason: string; item: JsonValue };

/** What the transport knows of a message. */
export interface Reception {
  from: PublisherAddress;
  receivedAtMs: number;
  ageMs: number;
}

/** A message that is no report envelope at all. */
export interface BrokenEnvelope {
  /** Of what it seems to hold, as far as ids can be read, and of no more than a message may hold. */
  ids: readonly string[];
  reasonCode: string;
  reason: string;
}

/**
 * Validates, cleans, redacts and fingerprints one message. Items are judged one by one: a broken report never harms the others.
 * Pure, so that a re-delivery comes to the same.
 */
export function takeReports(body: unknown, reception: Reception): TakenReport[] | BrokenEnvelope {
  const envelope = validateReportEnvelope(body);
  if (envelope.valid) return envelope.value.items.map((item) => takeReport(item, envelope.value, reception));
  const shell = openDamagedEnvelope(body);
  if (shell === undefined) return { ids: idsOf(body), reasonCode: 'invalid-envelope', reason: envelope.reason };
  return shell.items.map((item) => {
    const report = validateReport(item);
    if (report.valid) return takeReport(report.value, shell.envelope, reception);
    return { ok: false, id: idOf(item), reasonCode: 'invalid-report', reason: report.reason, item };
  });
}

/** What came out of a JSON parser holds JSON. */
const isList = (value: unknown): value is JsonValue[] => Array.isArray(value);

const idsOf = (body: unknown): string[] =>
  typeof body === 'object' && body !== null && 'items' in body && isList(body.items)
    ? body.items
        .slice(0, MAX_REPORT_ITEMS)
        .map(idOf)
        .filter((id) => id !== '')
    : [];

type Shell = Pick<ReportEnvelope, 'release' | 'session_id'>;

/** Stands in for each item while the envelope around them is judged; nothing of it is taken in. */
const SOUND_ITEM: Report = {
  error: {
    id: '00000000-0000-7000-8000-000000000000',
    timestamp: '2026-01-01T00:00:00Z',
    source: 'frontend',
    type: 'js-error',
    severity: 'low',
    data: {},
    context: {},
  },
};

/** An envelope that would fit if its items did, even where none does. */
function openDamagedEnvelope(body: unknown): { envelope: Shell; items: JsonValue[] } | undefined {
  if (typeof body !== 'object' || body === null || !('items' in body) || !isList(body.items)) return undefined;
  const { items } = body;
  const envelope = validateReportEnvelope({ ...body, items: items.map(() => SOUND_ITEM) });
  return envelope.valid ? { envelope: envelope.value, items } : undefined;
}

function takeReport(report: Report, envelope: Shell, reception: Reception): TakenReport {
  try {
    return toEvent(report, envelope, reception);
  } catch (error) {
    if (!(error instanceof ZantaraError)) throw error;
    return { ok: false, id: report.error.id, reasonCode: error.code, reason: error.message, item: { ...report } };
  }
}

function toEvent(report: Report, envelope: Shell, { from, receivedAtMs, ageMs }: Reception): TakenReport {
  const sound = sanitizeJson(report);
  const { error, fix } = sound.value;
  const contentHash = sha256Hex(canonicalJson({ error, fix }));
  const data = redactJsonObject(error.data);
  const context = redactJsonObject(error.context);
  const redactedCount = data.count + context.count;
  // Again where something was taken out, because cutting what is long may cut a character in two.
  const redacted =
    redactedCount === 0 ? { value: error, replaced: 0 } : sanitizeJson({ ...error, data: data.value, context: context.value });
  return {
    ok: true,
    id: error.id,
    contentHash,
    replaced: sound.replaced + redacted.replaced,
    item: { ...report },
    event: {
      type: 'ErrorReported',
      data: {
        agent_id: from.agentId,
        agent_class: from.agentClass,
        error: redacted.value,
        ...(fix === undefined ? {} : { fix }),
        fingerprint: computeFingerprint(redacted.value, sha256Hex),
        target: error.source === 'frontend' ? from.agentId : error.source.slice('backend-'.length),
        ...(envelope.release === undefined ? {} : { release: redactText(envelope.release).value }),
        ...(envelope.session_id === undefined ? {} : { session_id: redactText(envelope.session_id).value }),
        age_ms: ageMs,
        observed_at: new Date(receivedAtMs - ageMs).toISOString(),
        redacted_count: redactedCount,
      },
    },
  };
}

/** Longer than that no id may be, and a part of one names nothing in the outbox of its sender. */
const MAX_ID_CHARACTERS = 100;

/** The id by which the agent knows its report; empty where there is none, so that no receipt names it. */
function idOf(item: JsonValue): string {
  if (typeof item !== 'object' || item === null || !('error' in item)) return '';
  const { error } = item;
  if (typeof error !== 'object' || error === null || !('id' in error) || typeof error.id !== 'string') return '';
  return error.id.length <= MAX_ID_CHARACTERS ? error.id : '';
}
