import { describe, expect, it } from '@jest/globals';
import type { EscalatedIncident } from '#libs/contracts';
import { EscalationMessageSchema } from '#libs/contracts/schemas';
import { STRATEGIES, StrategyRegistry } from '#libs/fix-strategies';
import { foldEscalation } from '../../../test/builders/escalation-builder.ts';
import { SWITCH_POOL } from '../../../test/builders/strategy-builder.ts';
import type { EscalationEvent } from '../escalation.events.ts';
import type { Escalation } from '../escalation.ts';
import { composeMessage, MAX_MESSAGE_BYTES } from './escalation-message.ts';

const incident = (parts: Partial<EscalatedIncident> = {}): EscalatedIncident => ({
  incident_id: 'abcdef012345-1',
  service: 'rag',
  state: 'escalated',
  symptom: 'service-down',
  severity: 'critical',
  opened_at: '2025-12-31T23:59:00.000Z',
  reason_code: 'attempts-exhausted',
  reason: 'every attempt failed',
  tried: [],
  objections: [],
  evidence: {
    error_type: 'health',
    fingerprint: 'fp',
    reports: 3,
    last_report_position: '7',
    consecutive_failures: 2,
    exited: true,
    probes_ok: 0,
    probes_failed: 2,
    last_probe: 'status-500',
  },
  ...parts,
});

const objection = { guard: 'kill-switch', verdict: 'deny', reason_code: 'kill-switch:healing-is-stopped', reason: 'stopped' };

const REGISTRY = new StrategyRegistry([...STRATEGIES, SWITCH_POOL]);

const NAMED = { escalation_id: 'service-rag-1', root: 'service:rag', reason_code: 'attempts-exhausted' };

function raise(data: Partial<Extract<EscalationEvent, { type: 'EscalationRaised' }>['data']> = {}): Escalation {
  const state = foldEscalation([
    {
      type: 'EscalationRaised',
      data: { ...NAMED, kind: 'service', incident_id: 'abcdef012345-1', service: 'rag', ...data },
    },
  ]);
  if (state === undefined) throw new Error('nothing was raised');
  return state;
}

describe('what somebody is told', () => {
  it('says since when, how much it is, and what to type', () => {
    const { timestamp, data } = composeMessage(raise(), [incident()], REGISTRY);
    expect(timestamp).toBe('2026-01-01T00:00:00.000Z');
    expect(data).toMatchObject({ since: '2025-12-31T23:59:00.000Z', incident_count: 1, services: ['rag'] });
    expect(data.next).toEqual(['zantara incidents show abcdef012345-1', 'zantara stop --service rag --reason "…"']);
  });

  it('says how to resume what a person has stopped', () => {
    const { data } = composeMessage(raise(), [incident({ objections: [objection] })], REGISTRY);
    expect(data.next).toContain('zantara resume --service rag --reason "…"');
    expect(data.next).not.toContain('zantara stop --service rag --reason "…"');
  });

  it('says how to take back what is still there, once', () => {
    const tried = { attempt: 1, commanded_at: '2026-01-01T00:00:00.000Z', verdict: null, reason_code: null, reason: null };
    const told = [
      { ...tried, fix_id: 'left', strategy: SWITCH_POOL.id, undo: 'not-begun' as const },
      { ...tried, fix_id: 'gone', strategy: SWITCH_POOL.id, undo: 'undone' as const },
      { ...tried, fix_id: 'stuck', strategy: SWITCH_POOL.id, undo: 'begun' as const },
      { ...tried, fix_id: 'never', strategy: SWITCH_POOL.id, undo: 'not-done' as const },
      { ...tried, fix_id: 'restart', strategy: 'restart/service', undo: 'not-begun' as const },
    ];
    const { data } = composeMessage(raise(), [incident({ tried: told })], REGISTRY);
    expect(data.next.filter((command) => command.includes('undo'))).toEqual(['zantara undo left --reason "…"']);
  });

  it('names the agent that is silent, and its services', () => {
    const { data } = composeMessage(
      raise({ root: 'agent:rag-agent', kind: 'agent', reason_code: 'heartbeats-missing' }),
      [],
      REGISTRY,
    );
    expect(data.summary).toBe('rag-agent is silent, and nobody knows how rag is');
    expect(data.next[0]).toBe('zantara services');
  });

  it('fits, however much there is to tell', () => {
    const objections = Array.from({ length: 25 }, () => ({ ...objection, reason: 'x'.repeat(400) }));
    const many = Array.from({ length: 50 }, (_, index) => incident({ incident_id: `${index}`.padStart(12, '0'), objections }));
    const message = composeMessage(raise(), many, REGISTRY);
    expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    expect(message.data.incidents.length).toBeGreaterThan(0);
    expect(EscalationMessageSchema.parse(message)).toEqual(message);
  });
});
