import { describe, expect, it } from '@jest/globals';
import type { JsonObject, TimelineEntry } from '#libs/contracts';
import { summarise, tellStory } from './incident-story.ts';

const timeline = (...events: [type: string, data: JsonObject][]): TimelineEntry[] =>
  events.map(([type, data], index) => ({
    position: String(index + 1),
    event_id: `e${index + 1}`,
    stream: 's',
    version: index + 1,
    type,
    schema_version: 1,
    recorded_at: '2026-01-01T00:00:00.000Z',
    data,
    metadata: {},
    since_opened_ms: index,
    since_previous_ms: 1,
    caused_by: null,
  }));

const DECISION: JsonObject = {
  rule: 'service-down',
  verdict: 'deny',
  reason_code: 'autonomy-is-off',
  candidates: [{ strategy: 'reload/page', allowed: false, reason_code: 'strategy-not-available' }],
  guards: [
    { guard: 'fresh-evidence', verdict: 'allow', reason_code: 'ok' },
    { guard: 'autonomy', verdict: 'deny', reason_code: 'autonomy-is-off' },
  ],
};

describe('the story of an incident', () => {
  it('says of each strategy and each guard what it said, and why', () => {
    const [decision] = tellStory(timeline(['DecisionMade', DECISION])).decisions;
    expect(decision?.candidates).toEqual([
      {
        who: 'reload/page',
        verdict: 'ruled out',
        why: 'the strategy is not available yet [strategy-not-available]',
        tone: 'bad',
      },
    ]);
    expect(decision?.guards).toEqual([
      { who: 'fresh evidence', verdict: 'allows', why: '', tone: 'good' },
      { who: 'autonomy', verdict: 'denies', why: 'nothing may be done to the service by itself [autonomy-is-off]', tone: 'bad' },
    ]);
  });

  it('puts what the agent said under the attempt that it is about', () => {
    const { attempts } = tellStory(
      timeline(
        ['FixCommanded', { command_id: 'a', attempt: 1 }],
        ['FixAttemptFailed', { command_id: 'a', reason_code: 'not-ready' }],
        ['FixCommanded', { command_id: 'b', attempt: 2 }],
        ['FixAcknowledged', { command_id: 'b' }],
        ['FixExecuted', { command_id: 'b' }],
      ),
    );
    expect(attempts.map(({ title, answers }) => [title, answers.map(({ event }) => event.type)])).toEqual([
      ['Attempt 1', ['FixAttemptFailed']],
      ['Attempt 2', ['FixAcknowledged', 'FixExecuted']],
    ]);
  });

  it('puts probes and verdict under the check that they belong to', () => {
    const { checks } = tellStory(
      timeline(
        ['VerificationStarted', { required_clean: 6 }],
        ['ProbeObserved', { ok: true }],
        ['ProbeObserved', { ok: false }],
        ['VerdictReached', { verdict: 'inconclusive' }],
        ['VerificationStarted', { required_clean: 6 }],
      ),
    );
    expect(checks.map(({ probes, verdict }) => [probes.map(({ ok }) => ok), verdict?.event.type])).toEqual([
      [[true, false], 'VerdictReached'],
      [[], undefined],
    ]);
  });

  it('ends a check that found nothing out, and takes back a verdict that did not last', () => {
    const { checks } = tellStory(
      timeline(
        ['VerificationStarted', {}],
        ['FixWithdrawn', { reason_code: 'reported-again' }],
        ['VerificationStarted', {}],
        ['VerdictReached', { verdict: 'verified' }],
        ['VerdictRevoked', { revoked: 'verified' }],
      ),
    );
    expect(checks.map(({ verdict }) => verdict?.event.type)).toEqual(['FixWithdrawn', 'VerdictRevoked']);
  });

  it.each([
    [['VerificationStarted', 'ProbeObserved', 'FixWithdrawn'], 'Checked', 'FixWithdrawn'],
    [['IncidentMitigated', 'IncidentReopened'], 'Ended', 'IncidentReopened'],
    [['IncidentMitigated', 'IncidentReopened', 'IncidentResolved'], 'Ended', 'IncidentResolved'],
    [['VerdictReached', 'IncidentResolved', 'VerdictRevoked'], 'Ended', 'VerdictRevoked'],
  ])('sums up %j with what came last: %s %s', (types, part, expected) => {
    const story = tellStory(timeline(...types.map((type): [string, JsonObject] => [type, {}])));
    expect(summarise(story).find(({ what }) => what === part)?.told.event.type).toBe(expected);
  });

  it('survives data of any shape', () => {
    const odd = timeline(
      ['DecisionMade', { guards: 'none', candidates: [7, null] }],
      ['VerdictReached', {}],
      ['FixCommanded', {}],
    );
    expect(tellStory(odd)).toMatchObject({
      decisions: [{ guards: [], candidates: [] }],
      attempts: [{ title: 'Attempt ?' }],
      checks: [],
    });
  });

  it('sums up what was seen, decided, done and found, and leaves out what was not', () => {
    const story = tellStory(timeline(['ErrorReported', {}], ['DecisionMade', DECISION], ['IncidentEscalated', {}]));
    expect(summarise(story).map(({ what, told }) => [what, told.event.type])).toEqual([
      ['Seen', 'ErrorReported'],
      ['Decided', 'DecisionMade'],
      ['Ended', 'IncidentEscalated'],
    ]);
  });
});
