import { describe, expect, it } from '@jest/globals';
import type { LogEvent } from '../api/log-event.schema.ts';
import type { JsonObject } from '../json.ts';
import { Narrator } from './narrator.ts';

const event = (type: string, data: JsonObject): LogEvent => ({
  position: '1',
  event_id: '01a20ad7-f44b-7119-aad7-1cf690596640',
  stream: 'some-stream',
  version: 1,
  type,
  schema_version: 1,
  recorded_at: '2026-10-01T03:00:00.000Z',
  data,
  metadata: {},
});

const tell = (type: string, data: JsonObject): string => new Narrator().tell(event(type, data)).sentence.text;

const health = (data: JsonObject): JsonObject => ({
  agent_id: 'memory-agent',
  target: 'memory',
  error: { type: 'health', data },
});
const guards = [
  { guard: 'evidence-ceiling', verdict: 'allow', reason_code: 'ok' },
  { guard: 'fresh-evidence', verdict: 'defer', reason_code: 'evidence-is-stale' },
];

describe('Narrator', () => {
  it.each([
    [
      'ErrorReported',
      health({ reason: 'exited', pid: 123, signal: 'SIGKILL' }),
      'memory-agent saw process 123 of memory exit (signal SIGKILL)',
    ],
    ['ErrorReported', health({ reason: 'exited', exit_code: 1 }), 'memory-agent saw the process of memory exit (exit code 1)'],
    [
      'ErrorReported',
      health({ reason: 'failing', consecutive_failures: 3, message: 'status 500' }),
      'memory-agent finds memory failing in 3 checks in a row: status 500',
    ],
    [
      'ErrorReported',
      { agent_id: 'page', target: 'shop', error: { type: 'network', severity: 'high', data: { status: 502, url: '/cart' } } },
      'page reports a high network fault of shop: 502 /cart',
    ],
    [
      'ServiceStateChanged',
      { service_id: 'memory', from: 'healthy', to: 'stopped', agent_id: 'a' },
      'memory went from healthy to stopped, says a',
    ],
    [
      'ServiceStateChanged',
      { service_id: 'memory', from: 'healthy', to: 'healthy', agent_id: 'a', reason_code: 'failed-meanwhile', pid: 7 },
      'memory is healthy again, and was not for a moment (pid 7), says a',
    ],
    [
      'ServiceStateChanged',
      { service_id: 'memory', from: 'healthy', to: 'unknown', agent_id: 'a', reason_code: 'heartbeats-missing' },
      'a has fallen silent: nobody knows how memory is (it was healthy)',
    ],
    [
      'TimerSet',
      { name: 'retry', generation: 2, due_at: '2026-10-01T03:00:20.000Z', reason_code: 'dependency-is-up:dependency-is-down' },
      'the next attempt waits 20.0 s: a service that it needs is down [dependency-is-up:dependency-is-down]',
    ],
    [
      'FixCommanded',
      { agent_id: 'a', strategy: 'restart/service', target: 'memory', attempt: 2 },
      'a is told: restart/service of memory, attempt 2',
    ],
    [
      'FixAttemptFailed',
      { attempt: 1, reason_code: 'exited-early' },
      'attempt 1 failed: the new process ended before it was ready [exited-early]',
    ],
    [
      'FixEscalated',
      { attempts: 2, reason_code: 'attempts-exhausted' },
      'the fix is given up after 2 attempts: every attempt failed [attempts-exhausted]',
    ],
    [
      'FixEscalated',
      { attempts: 1, reason_code: 'hopeless:port-in-use' },
      'the fix is given up after 1 attempt: trying again cannot help: something else listens on its port [hopeless:port-in-use]',
    ],
    [
      'VerdictReached',
      { verdict: 'verified', clean_probes: 6, required_clean: 6, reason_code: 'clean-exposures' },
      'verdict: verified, 6 of 6 probes clean',
    ],
    [
      'VerdictReached',
      { verdict: 'recurred', clean_probes: 0, required_clean: 6, reason_code: 'reported-again' },
      'verdict: recurred, 0 of 6 probes clean; the same fault was reported again [reported-again]',
    ],
    [
      'VerdictReached',
      {
        verdict: 'verified',
        clean_probes: 2,
        required_clean: 6,
        reason_code: 'clean-exposures',
        exposures: { clean_in_a_row: 40 },
      },
      'verdict: verified, 2 probes and 40 requests clean, of 6',
    ],
    [
      'VerdictRevoked',
      { revoked: 'verified', after_ms: 120_000 },
      'the verdict "verified" is taken back: the fault returned after 2 min 00 s',
    ],
    [
      'IncidentResolved',
      { duration_ms: 6400, strategy: 'restart/service' },
      'incident resolved 6.4 s after it began, by restart/service',
    ],
    [
      'FixWithdrawn',
      { reason_code: 'reported-again' },
      'the check did not confirm that it is over: the same fault was reported again [reported-again]',
    ],
    ['FixHealed', { attempts: 0, strategy: 'restart/service' }, 'it is over, and nothing had to be done'],
    [
      'IncidentReopened',
      { reason_code: 'reported-again' },
      'it was not over: the same fault was reported again [reported-again]',
    ],
    [
      'DecisionMade',
      { rule: 'service-down', verdict: 'confirm', choice: 'restart/service', reason_code: 'said-to-be-healthy' },
      'decided by rule service-down: nothing is done, the orchestrator checks for itself, because its agent says that it works again [said-to-be-healthy]',
    ],
    [
      'MessageDeadLettered',
      { subject: 's', reason: 'not JSON', reason_code: 'invalid-envelope' },
      'a message on s was set aside: not JSON [invalid-envelope]',
    ],
    ['ProbeObserved', { ok: false, latency_ms: 3, reason_code: 'econnrefused' }, 'probe failed after 3 ms: econnrefused'],
  ])('tells %s', (type, data, sentence) => {
    expect(tell(type, data)).toBe(sentence);
  });

  it('tells what was decided, and the reasons of guards that objected', () => {
    const act = { rule: 'service-down', verdict: 'act', choice: 'restart/service', guards: guards.slice(0, 1) };
    expect(tell('DecisionMade', act)).toBe('decided by rule service-down: restart/service; the only guard allows');
    const wait = { ...act, verdict: 'defer', reason_code: 'fresh-evidence:evidence-is-stale', guards };
    const { text, details } = new Narrator().tell(event('DecisionMade', wait)).sentence;
    expect(text).toBe(
      'decided by rule service-down: wait (restart/service was the choice), because the evidence is older than a minute [fresh-evidence:evidence-is-stale]',
    );
    expect(details).toEqual([
      'guard fresh-evidence defers: the evidence is older than a minute [evidence-is-stale]',
      'allowed by: evidence-ceiling',
    ]);
  });

  it('says why no candidate was taken', () => {
    const candidates = [{ strategy: 'patch/repair-syntax', allowed: false, reason_code: 'strategy-not-available' }];
    const decision = {
      rule: 'syntax-error',
      verdict: 'deny',
      choice: null,
      candidates,
      guards: [],
      reason_code: 'strategy-not-available',
    };
    const { details } = new Narrator().tell(event('DecisionMade', decision)).sentence;
    expect(details).toEqual(['not patch/repair-syntax: the strategy is not available yet [strategy-not-available]']);
  });

  it('names the dependencies that keep it from acting', () => {
    const clean = { ok: true, reason_code: 'status-200', latency_ms: 1 };
    const dependencies = [
      { id: 'cache', state: 'healthy', probe: clean },
      { id: 'database', state: 'stopped', probe: null },
      { id: 'queue', state: 'healthy', probe: { ...clean, ok: false, reason_code: 'timeout' } },
      { id: 'gone', state: null, probe: null },
    ];
    const decision = {
      rule: 'service-down',
      verdict: 'deny',
      choice: 'restart/service',
      reason_code: 'dependency-is-up:dependency-is-down',
    };
    const { text, details } = new Narrator().tell(event('DecisionMade', { ...decision, inputs: { dependencies } })).sentence;
    expect(text).toContain('a service that it needs is down [dependency-is-up:dependency-is-down]');
    expect(details).toEqual([
      'it needs database, which is stopped',
      'it needs queue, which is healthy, says its agent, and does not answer: no answer came in time [timeout]',
      'it needs gone, which is not in the catalogue',
    ]);
  });

  it('says of an incident that nothing was done about when it was resolved without a fix', () => {
    const narrator = new Narrator();
    const ids = { fix_id: 'f', incident_id: 'i' };
    narrator.tell(event('FixHealed', { ...ids, attempts: 0 }));
    const resolved = event('IncidentResolved', { ...ids, strategy: 'restart/service', duration_ms: 6400 });
    expect(narrator.tell(resolved).sentence.text).toBe('incident resolved 6.4 s after it began, without a fix');
  });

  it.each([
    ['verified', 'the fix has healed it: restart/service, 1 attempt', 'by restart/service'],
    [
      'superseded',
      'it is over, and the fix did not do it: restart/service, 1 attempt that did not help',
      'without the help of its fix',
    ],
    [undefined, 'it is over: restart/service, 1 attempt', 'by restart/service'],
  ])('gives a fix that ended %s no more credit than probes did', (verdict, ended, resolved) => {
    const narrator = new Narrator();
    const fix = { fix_id: 'f', incident_id: 'i', strategy: 'restart/service' };
    if (verdict !== undefined) narrator.tell(event('VerdictReached', { ...fix, verdict }));
    expect(narrator.tell(event('FixHealed', { ...fix, attempts: 1 })).sentence.text).toBe(ended);
    expect(narrator.tell(event('IncidentResolved', { ...fix, duration_ms: 1000 })).sentence.text).toBe(
      `incident resolved 1.0 s after it began, ${resolved}`,
    );
  });

  it('tells what agents have counted, and who they are', () => {
    const exposures = {
      others: { total: 50, failed: 1, masked: 2 },
      counted_by: ['gateway-agent'],
      own: { total: 9, failed: 0, masked: 0 },
      traffic: { requests: 0, expected: 120 },
    };
    expect(new Narrator().tell(event('VerdictReached', { exposures })).sentence.details).toEqual([
      '50 requests, of which 1 failed and 2 hid a failure by a retry: counted by gateway-agent',
      '9 requests, of which 0 failed and 0 hid a failure by a retry: counted by its own agent, which speaks against the fix only',
      '0 requests came where 120 are usual',
    ]);
  });

  it('remembers what earlier events of the fix said', () => {
    const narrator = new Narrator();
    narrator.tell(event('FixObserved', { fix_id: 'f', target: 'memory', agent_id: 'memory-agent' }));
    narrator.tell(event('FixCommanded', { fix_id: 'f', command_id: 'f.1' }));
    narrator.tell(event('VerificationStarted', { fix_id: 'f', required_clean: 6 }));
    const probe = narrator.tell(event('ProbeObserved', { fix_id: 'f', ok: true, clean_in_a_row: 3, latency_ms: 4 }));
    expect(probe.sentence.text).toBe('probe 3 of 6 clean, 4 ms');
    expect(probe.subject).toBe('memory');
    const result = narrator.tell(event('ResultReported', { command_id: 'f.1', agent_id: 'foreign', phase: 'succeeded' }));
    expect(result.subject).toBe('memory');
    expect(narrator.tell(event('FixAcknowledged', { fix_id: 'f' })).sentence.text).toBe('memory-agent has taken the command');
  });

  it('shows the last words of a service that did not start', () => {
    const evidence = { last_log_lines_after: ['one', 'two', 'three', '\u001b[31mfour'] };
    const { details } = new Narrator().tell(event('FixAttemptFailed', { evidence, detail: 'it ended' })).sentence;
    expect(details).toEqual(['it ended', 'its last words: two', 'its last words: three', 'its last words: four']);
  });

  it('tells an event that it does not know by its name', () => {
    expect(tell('constructor', {})).toBe('constructor in some-stream');
    expect(tell('Later\u001b[2JInvented', {})).toBe('LaterInvented in some-stream');
  });

  it('survives events without any data', () => {
    const types = [
      'ErrorReported',
      'DecisionMade',
      'FixGuarded',
      'ProbeObserved',
      'VerificationStarted',
      'IncidentOpened',
      'TimerSet',
    ];
    expect(types.map((type) => tell(type, {})).every((text) => text !== '')).toBe(true);
  });
});
