import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandJournal, type MonotonicClock, Outbox } from '#libs/agent-core';
import type { AgentLog } from '../runtime/agent-log.ts';
import { JournalFile } from '../runtime/journal-file.ts';
import { OutboxFile } from '../runtime/outbox-file.ts';
import { lockStateDirectory } from '../runtime/state-lock.ts';
import type { AgentConfig } from './config.schema.ts';

/** What outlives the agent's process, opened for this one alone. */
export interface AgentState {
  readonly journal: CommandJournal;
  readonly outbox: Outbox;
  close(): Promise<void>;
}

/** @throws StateDirectoryInUseError when another agent has it */
export async function openAgentState(config: AgentConfig, clock: MonotonicClock, log: AgentLog): Promise<AgentState> {
  await mkdir(config.state_dir, { recursive: true, mode: 0o700 });
  const lock = lockStateDirectory(config.state_dir);
  try {
    const journalFile = await JournalFile.open(join(config.state_dir, 'journal.log'));
    const outboxFile = await OutboxFile.open(join(config.state_dir, 'outbox.log'));
    if (journalFile.damagedLines > 0) log('error', 'the journal has damaged lines', { lines: journalFile.damagedLines });
    const { max_items: maxItems, max_bytes: maxBytes } = config.outbox;
    const journal = await CommandJournal.open(journalFile, clock);
    const outbox = await Outbox.open({ storage: outboxFile, clock, maxItems, maxBytes });
    const close = async (): Promise<void> => {
      await Promise.all([journalFile.close(), outboxFile.close()]);
      lock.release();
    };
    return { journal, outbox, close };
  } catch (error) {
    lock.release();
    throw error;
  }
}
