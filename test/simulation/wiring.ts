import type { CommandJournal, ControlWatch, JournalStorage } from '#libs/agent-core';
import type { Checkpoints, EventStore } from '#libs/event-store';
import type { IntakeConsumer } from '../../src/intake/intake.consumer.ts';
import type { Database } from '../../src/platform/database/database.ts';
import type { DatabaseServer } from './log/database-server.ts';
import type { Container } from './orchestrator/container.ts';
import { ReadSide } from './tables/read-side.ts';

export type Intake = Pick<IntakeConsumer, 'takeReports' | 'takeResults' | 'takeSignals'>;

/** How the parts of a world are put together. What is sabotaged is a line of this, and never the product. */
export interface Wiring {
  readonly wrapStore: (store: EventStore) => EventStore;
  readonly wrapCheckpoints: (checkpoints: Checkpoints, server: DatabaseServer) => Checkpoints;
  readonly wrapDatabase: (database: Database, server: DatabaseServer) => Database;
  readonly wrapIntake: (intake: Intake, container: Container) => Intake;
  readonly wrapJournal: (storage: JournalStorage) => JournalStorage;
  readonly wrapFence: (journal: CommandJournal) => CommandJournal;
  readonly wrapControl: (control: ControlWatch) => ControlWatch;
  readonly replaceParts: (container: Container) => void;
  readonly createReadSide: (server: DatabaseServer) => ReadSide;
}

/** As the product is meant to be. */
export const SOUND: Wiring = {
  wrapStore: (store) => store,
  wrapCheckpoints: (checkpoints) => checkpoints,
  wrapDatabase: (database) => database,
  wrapIntake: (intake) => intake,
  wrapJournal: (storage) => storage,
  wrapFence: (journal) => journal,
  wrapControl: (control) => control,
  replaceParts: () => undefined,
  createReadSide: (server) => new ReadSide(server),
};
