import { Injectable, type OnModuleInit } from '@nestjs/common';
import { commandConsumer, Provisioner } from '#libs/messaging';
import { Configuration } from '../platform/config/configuration.ts';
import type { StreamCondition } from '#libs/event-store';
import { unchangedSince } from '../platform/log/fold-stream.ts';
import { FollowedStream } from '../platform/log/followed-stream.ts';
import { Log } from '../platform/log/log.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { type CatalogueAgent, type CatalogueEntry, toCatalogueEntry } from './catalogue.ts';
import { createEntries, decideCatalogue, type KnownEntries, takeInEntry } from './catalogue.decider.ts';
import type { CatalogueEvent, ServiceEntry } from './catalogue.events.ts';
import { type DesiredCatalogue, readCatalogueFile, type WantedPolicy } from './catalogue-file.ts';

/** One append takes ten thousand events; a larger catalogue is taken over in several. */
const MOST_AT_ONCE = 5_000;

interface Groups {
  version: number;
  byOwner: ReadonlyMap<string, ServiceEntry[]>;
  byDependency: ReadonlyMap<string, ServiceEntry[]>;
}

/** What may be healed. The file is taken over at start, as events; what the events say is what counts. */
@Injectable()
export class CatalogueService implements OnModuleInit {
  private readonly followed: FollowedStream<ReturnType<typeof createEntries>, CatalogueEvent>;
  private grouped: Groups | undefined;
  private desired: DesiredCatalogue | undefined;

  constructor(
    private readonly log: Log,
    private readonly config: Configuration,
    private readonly provisioner: Provisioner,
  ) {
    this.followed = new FollowedStream(log.store, logStreams.catalogue, createEntries(), takeInEntry);
  }

  async onModuleInit(): Promise<void> {
    await this.takeOver();
    // Together, as each call looks after all that are wanted: one after the other, a thousand agents would be a million calls.
    const ids = [...this.entries.agents.keys()];
    await Promise.all(ids.map((id) => this.provisioner.addConsumer(commandConsumer(this.config.tenant, id))));
  }

  /** Takes in what other orchestrators made of it; tells under which condition what is found here from now on holds. */
  async catchUp(): Promise<StreamCondition> {
    await this.followed.catchUp();
    return this.unchanged;
  }

  /** The condition under which what is found here holds. */
  get unchanged(): StreamCondition {
    return { stream: logStreams.catalogue, expected: unchangedSince(this.followed.current) };
  }

  findService(id: string): CatalogueEntry | undefined {
    const entry = this.entries.services.get(id);
    return entry === undefined ? undefined : toCatalogueEntry(entry);
  }

  /** What the file wants the guards to go by; known when the entries are. */
  wantedPolicy(): readonly WantedPolicy[] {
    return this.desired?.policy ?? [];
  }

  countServices(): number {
    return this.entries.services.size;
  }

  agents(): CatalogueAgent[] {
    return [...this.entries.agents.values()].map((entry) => ({ id: entry.id, agentClass: entry.class }));
  }

  isServiceAgent(id: string): boolean {
    return this.entries.agents.get(id)?.class === 'service';
  }

  /** Services that this agent answers for. */
  servicesOf(agentId: string): CatalogueEntry[] {
    return (this.groups.byOwner.get(agentId) ?? []).map(toCatalogueEntry);
  }

  /** Services that need this one. */
  dependentsOf(id: string): CatalogueEntry[] {
    return (this.groups.byDependency.get(id) ?? []).map(toCatalogueEntry);
  }

  /** Each heartbeat asks, and each change of a state: all services would be looked at for each of a large catalogue. */
  private get groups(): Groups {
    const { version, state } = this.followed.current;
    if (this.grouped?.version !== version) {
      const byOwner = groupBy(state, (entry) => [entry.owner_agent]);
      this.grouped = { version, byOwner, byDependency: groupBy(state, (entry) => entry.depends_on) };
    }
    return this.grouped;
  }

  private async takeOver(): Promise<void> {
    const desired = this.config.catalogueFile === undefined ? undefined : readCatalogueFile(this.config.catalogueFile);
    this.desired = desired;
    for (;;) {
      const known = await this.followed.catchUp();
      const events = desired === undefined ? [] : decideCatalogue(known.state, desired);
      if (events.length === 0) return;
      await this.log.append({
        actor: 'catalogue',
        key: `take-over:${known.version}`,
        writes: [{ stream: logStreams.catalogue, expected: unchangedSince(known), events: events.slice(0, MOST_AT_ONCE) }],
      });
    }
  }

  private get entries(): KnownEntries {
    return this.followed.current.state;
  }
}

function groupBy({ services }: KnownEntries, keysOf: (entry: ServiceEntry) => readonly string[]): Map<string, ServiceEntry[]> {
  const groups = new Map<string, ServiceEntry[]>();
  for (const entry of services.values()) {
    for (const key of keysOf(entry)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [entry]);
      else group.push(entry);
    }
  }
  return groups;
}
