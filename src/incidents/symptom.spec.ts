import { describe, expect, it } from '@jest/globals';
import { buildErrorReported, buildWireError } from '../../test/builders/incident-builder.ts';
import { recorded } from '../../test/builders/log-builder.ts';
import { locateEvidence } from './evidence.ts';
import { computeIncidentKey, keyOfIncident } from './incident-key.ts';
import { classifySymptom, type Symptom } from './symptom.ts';

describe('classifySymptom', () => {
  it.each<[string, Parameters<typeof buildWireError>[0], Symptom]>([
    [
      'import in a script',
      { type: 'js-error', data: { message: 'Cannot use import statement outside a module' } },
      'module-import',
    ],
    ['ESM required', { type: 'js-error', data: { message: 'Error [ERR_REQUIRE_ESM]: require() of ES Module' } }, 'module-import'],
    [
      'require in a module',
      { type: 'js-error', data: { message: 'require is not defined in ES module scope' } },
      'module-import',
    ],
    ['bare specifier', { type: 'js-error', data: { message: 'Failed to resolve module specifier "x"' } }, 'module-import'],
    [
      'export token',
      { type: 'js-error', data: { message: "Unexpected token 'export'", exception_type: 'SyntaxError' } },
      'module-import',
    ],
    ['syntax error', { type: 'js-error', data: { message: 'missing )', exception_type: 'SyntaxError' } }, 'syntax'],
    ['type error', { type: 'js-error', data: { message: 'x is undefined', exception_type: 'TypeError' } }, 'other'],
    ['message that is no text', { type: 'js-error', data: { message: { text: 'ERR_REQUIRE_ESM' } } }, 'other'],
    ['404', { type: 'network', data: { status: 404 } }, 'missing-file'],
    ['500', { type: 'network', data: { status: 500 } }, 'server-error'],
    ['503', { type: 'network', data: { status: 503 } }, 'server-error'],
    ['401', { type: 'network', data: { status: 401 } }, 'other'],
    ['status as text', { type: 'network', data: { status: '500' } }, 'other'],
    ['failed check', { type: 'health', data: { check: 'http' } }, 'service-down'],
    ['database check', { type: 'health', data: { check: 'database' } }, 'database-connection'],
    ['growing heap', { type: 'performance', data: { metric: 'heap_floor_bytes' } }, 'memory-leak'],
    ['slow page', { type: 'performance', data: { metric: 'lcp_ms' } }, 'other'],
    ['nothing at all', { type: 'js-error', data: {} }, 'other'],
  ])('sorts %s into the closed list', (_case, error, symptom) => {
    expect(classifySymptom(buildWireError(error))).toBe(symptom);
  });
});

describe('the evidence of a report', () => {
  it('takes typed facts and no text of the error', () => {
    const data = { check: 'http', reason: 'failing', consecutive_failures: 3, message: 'rm -rf /' };
    const event = recorded(buildErrorReported({ error: buildWireError({ data }) }), { position: 42 });
    const evidence = locateEvidence(event);
    expect(evidence).toMatchObject({ report_position: '42', report_event_id: event.id, exited: false, consecutive_failures: 3 });
    expect(JSON.stringify(evidence)).not.toContain('rm -rf');
  });

  it.each([[-1], [1.5], ['3'], [null], [Number.MAX_VALUE]])('counts no failures where it reads %p', (value) => {
    const data = { consecutive_failures: value };
    const evidence = locateEvidence(recorded(buildErrorReported({ error: buildWireError({ data }) })));
    expect(evidence.consecutive_failures === 0 || Number.isInteger(evidence.consecutive_failures)).toBe(true);
    expect(evidence.exited).toBe(false);
  });
});

describe('the key of an incident', () => {
  it('stands for fingerprint and target together', () => {
    const key = computeIncidentKey('fp@1:a', 'memory');
    expect(key).toMatch(/^[0-9a-f]{12}$/);
    expect(computeIncidentKey('fp@1:a', 'memory')).toBe(key);
    expect(new Set([key, computeIncidentKey('fp@1:b', 'memory'), computeIncidentKey('fp@1:a', 'rag')]).size).toBe(3);
  });

  it('is read back from the id of each episode', () => {
    expect(keyOfIncident('abcdef012345-12')).toBe('abcdef012345');
    expect(keyOfIncident('nonsense')).toBe('');
  });
});
