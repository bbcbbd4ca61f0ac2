import { canonicalJson } from '#libs/contracts';
import type { CatalogueEvent } from './catalogue.events.ts';
import type { DesiredCatalogue } from './catalogue-file.ts';

/** The catalogue as its events say, in the form of the file. */
export interface KnownEntries {
  agents: ReadonlyMap<string, DesiredCatalogue['agents'][number]>;
  services: ReadonlyMap<string, DesiredCatalogue['services'][number]>;
}

type Entries = { [K in keyof KnownEntries]: Map<string, DesiredCatalogue[K][number]> };

export const createEntries = (): Entries => ({ agents: new Map(), services: new Map() });

/** Folds one event into entries, in place: to copy many thousands for each of them would take a start half a minute. */
export function takeInEntry<E extends Entries>(known: E, event: CatalogueEvent): E {
  const { agents, services } = known;
  switch (event.type) {
    case 'AgentRegistered':
    case 'AgentChanged':
      agents.set(event.data.id, event.data);
      break;
    case 'AgentRetired':
      agents.delete(event.data.id);
      break;
    case 'ServiceRegistered':
    case 'ServiceChanged':
      services.set(event.data.id, event.data);
      break;
    case 'ServiceRetired':
      services.delete(event.data.id);
  }
  return known;
}

/** The events that lead from what is known to what the file wants. None when they are the same. */
export function decideCatalogue(known: KnownEntries, desired: DesiredCatalogue): CatalogueEvent[] {
  return [
    ...compare(known.agents, desired.agents, {
      added: (data) => ({ type: 'AgentRegistered', data }),
      changed: (data) => ({ type: 'AgentChanged', data }),
      gone: (id) => ({ type: 'AgentRetired', data: { id } }),
    }),
    ...compare(known.services, desired.services, {
      added: (data) => ({ type: 'ServiceRegistered', data }),
      changed: (data) => ({ type: 'ServiceChanged', data }),
      gone: (id) => ({ type: 'ServiceRetired', data: { id } }),
    }),
  ];
}

interface Differences<T> {
  added: (entry: T) => CatalogueEvent;
  changed: (entry: T) => CatalogueEvent;
  gone: (id: string) => CatalogueEvent;
}

type Entry = DesiredCatalogue['agents'][number] | DesiredCatalogue['services'][number];

function compare<T extends Entry>(known: ReadonlyMap<string, T>, desired: readonly T[], to: Differences<T>): CatalogueEvent[] {
  const wanted = new Set(desired.map(({ id }) => id));
  const gone = [...known.keys()].filter((id) => !wanted.has(id)).map(to.gone);
  const others = desired.flatMap((entry) => {
    const before = known.get(entry.id);
    if (before === undefined) return [to.added(entry)];
    return canonicalJson(before) === canonicalJson(entry) ? [] : [to.changed(entry)];
  });
  return [...others, ...gone];
}
