import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createEntries, decideCatalogue, type KnownEntries, takeInEntry } from './catalogue.decider.ts';
import type { AgentEntry, CatalogueEvent, ServiceEntry } from './catalogue.events.ts';
import type { DesiredCatalogue } from './catalogue-file.ts';

const buildServiceEntry = (id: string, parts: Partial<ServiceEntry> = {}): ServiceEntry => ({
  id,
  probe_url: 'http://127.0.0.1:1/health',
  probe_timeout_ms: 2000,
  replicas: 1,
  single_replica: true,
  critical: false,
  depends_on: [],
  owner_agent: 'a',
  autonomy: 'auto',
  ...parts,
});
const buildAgentEntry = (id: string, agentClass: AgentEntry['class'] = 'service'): AgentEntry => ({ id, class: agentClass });
const fold = (events: readonly CatalogueEvent[], from: KnownEntries = createEntries()): KnownEntries =>
  events.reduce(takeInEntry, { agents: new Map(from.agents), services: new Map(from.services) });
const takeOver = (desired: DesiredCatalogue): KnownEntries => fold(decideCatalogue(createEntries(), desired));

describe('decideCatalogue', () => {
  it('registers what is new', () => {
    const desired = { agents: [buildAgentEntry('a')], services: [buildServiceEntry('memory')] };
    expect(decideCatalogue(createEntries(), desired)).toEqual([
      { type: 'AgentRegistered', data: desired.agents[0] },
      { type: 'ServiceRegistered', data: desired.services[0] },
    ]);
  });

  it('changes what differs, and leaves alone what does not', () => {
    const known = takeOver({ agents: [buildAgentEntry('a')], services: [buildServiceEntry('memory'), buildServiceEntry('rag')] });
    const desired = {
      agents: [buildAgentEntry('a')],
      services: [buildServiceEntry('memory'), buildServiceEntry('rag', { autonomy: 'off' })],
    };
    expect(decideCatalogue(known, desired)).toEqual([{ type: 'ServiceChanged', data: desired.services[1] }]);
  });

  it('retires what is gone', () => {
    const known = takeOver({ agents: [buildAgentEntry('a'), buildAgentEntry('b')], services: [buildServiceEntry('memory')] });
    expect(decideCatalogue(known, { agents: [buildAgentEntry('a')], services: [] })).toEqual([
      { type: 'AgentRetired', data: { id: 'b' } },
      { type: 'ServiceRetired', data: { id: 'memory' } },
    ]);
  });

  it('leads from anything to anything, and then has nothing to say', () => {
    const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'));
    const catalogue = fc
      .record({ agents: ids, services: ids, autonomy: fc.constantFrom('auto' as const, 'off' as const) })
      .map(({ agents, services, autonomy }) => ({
        agents: agents.map((id) => buildAgentEntry(id)),
        services: services.map((id) => buildServiceEntry(id, { autonomy })),
      }));
    fc.assert(
      fc.property(catalogue, catalogue, (before, after) => {
        const known = takeOver(before);
        const then = fold(decideCatalogue(known, after), known);
        expect(decideCatalogue(then, after)).toEqual([]);
        expect(new Set(then.services.keys())).toEqual(new Set(after.services.map(({ id }) => id)));
      }),
      { seed: 17 },
    );
  });
});
