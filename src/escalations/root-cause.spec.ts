import { describe, expect, it } from '@jest/globals';
import { chooseRoot, type Dependencies, listCandidateRoots, type OpenEscalation, type Trigger } from './root-cause.ts';

/** The gateway needs rag, which needs memory, which needs the database. */
const NEEDS: Readonly<Record<string, readonly string[]>> = { gateway: ['rag'], rag: ['memory'], memory: ['database'] };
const CATALOGUE: Dependencies = {
  dependsOn: (service) => NEEDS[service] ?? [],
  ownerOf: (service) => `${service}-agent`,
};

const incident = (service: string, incidentId = 'a-1'): Trigger => ({
  type: 'incident',
  incidentId,
  service,
  symptom: 'service-down',
  reasonCode: 'attempts-exhausted',
});

function choose(trigger: Trigger, given: { open?: OpenEscalation[]; failing?: string[] } = {}): string {
  const { open = [], failing = [] } = given;
  const ordered = listCandidateRoots(trigger, CATALOGUE).flatMap((root) => open.find((one) => one.root === root) ?? []);
  return chooseRoot(trigger, ordered, new Set(failing), CATALOGUE);
}

const open = (root: string, ...incidentIds: string[]): OpenEscalation => ({ root, incidentIds });

describe('the root cause of an incident', () => {
  it('is its own service when nothing that it needs is troubled', () => {
    expect(choose(incident('rag'), { failing: ['gateway', 'other'] })).toBe('service:rag');
  });

  it('is the escalation that is open for its service', () => {
    expect(choose(incident('rag'), { open: [open('service:memory'), open('service:rag')] })).toBe('service:rag');
  });

  it('is the open escalation of something that it needs, also through others', () => {
    expect(choose(incident('gateway'), { open: [open('service:database')] })).toBe('service:database');
  });

  it('is the silent agent of something that it needs', () => {
    expect(choose(incident('gateway'), { open: [open('agent:memory-agent')] })).toBe('agent:memory-agent');
  });

  it('is the last of a chain of services that fail, although nobody gave that one up yet', () => {
    expect(choose(incident('gateway'), { failing: ['rag', 'memory'] })).toBe('service:memory');
    expect(choose(incident('gateway'), { failing: ['database'] })).toBe('service:database');
  });

  it('is not what only needs it', () => {
    expect(choose(incident('memory'), { open: [open('service:rag')], failing: ['rag'] })).toBe('service:memory');
  });

  it('is a storm of its symptom, and of no other', () => {
    const storms = [open('storm:service-down'), open('storm:syntax')];
    expect(choose(incident('rag'), { open: [...storms, open('service:rag')] })).toBe('storm:service-down');
    expect(choose({ ...incident('rag'), symptom: 'other' } as Trigger, { open: storms })).toBe('service:rag');
  });

  it('stays the one that it is in already', () => {
    const both = [open('storm:service-down'), open('service:memory', 'a-1')];
    expect(choose(incident('rag'), { open: both })).toBe('service:memory');
  });

  it('is found where services need each other in a circle', () => {
    const circle: Dependencies = { dependsOn: (id) => (id === 'a' ? ['b'] : ['a']), ownerOf: () => undefined };
    expect(listCandidateRoots(incident('a'), circle)).toEqual(['storm:service-down', 'service:a', 'service:b']);
    expect(chooseRoot(incident('a'), [], new Set(['a', 'b']), circle)).toBe('service:b');
  });
});

describe('the root cause of a silence and of a storm', () => {
  it('is the agent, however many services it owns, and the symptom', () => {
    const silence = { type: 'silence', agentId: 'rag-agent', service: 'rag', reasonCode: 'heartbeats-missing' } as const;
    expect(choose(silence, { open: [open('service:rag')] })).toBe('agent:rag-agent');
    expect(choose({ type: 'storm', symptom: 'syntax', failingTargets: 9, allTargets: 10 })).toBe('storm:syntax');
  });
});
