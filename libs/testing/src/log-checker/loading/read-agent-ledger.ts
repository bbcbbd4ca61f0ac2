import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { AgentLedger, Effect, LedgerReport } from '../evidence.ts';

const AddedSchema = z.object({ add: z.object({ id: z.string(), kind: z.string() }) });
const RemovedSchema = z.object({ remove: z.array(z.string()) });
const StartedSchema = z.object({
  type: z.literal('started'),
  command_id: z.string(),
  service_id: z.string(),
  fence: z.object({ position: z.number() }),
});

/**
 * What a service agent's own files say: every report that it put into its outbox, and every command that it began. An agent
 * shortens its files when they are long (outbox 1 MiB, journal 1000 commands), and then they no longer tell everything.
 */
export function readAgentLedger(stateDir: string, agentId: string): AgentLedger {
  return { agentId, reports: readOutbox(join(stateDir, 'outbox.log')), effects: readJournal(join(stateDir, 'journal.log')) };
}

/** What left the outbox was receipted: nothing else takes it out while there is room. */
function readOutbox(path: string): LedgerReport[] {
  const reports = new Map<string, boolean>();
  for (const line of readLines(path)) {
    const added = AddedSchema.safeParse(line).data?.add;
    if (added?.kind === 'report') reports.set(added.id, false);
    for (const id of RemovedSchema.safeParse(line).data?.remove ?? []) if (reports.has(id)) reports.set(id, true);
  }
  return [...reports].map(([reportId, receipted]) => ({ reportId, receipted }));
}

/** One effect for each start that is written, twice where it was begun twice. */
function readJournal(path: string): Effect[] {
  return readLines(path).flatMap((line) => {
    const started = StartedSchema.safeParse(line).data;
    if (started === undefined) return [];
    return [{ commandId: started.command_id, target: started.service_id, fencePosition: started.fence.position }];
  });
}

/** The records of a file whose lines are a checksum and JSON. A last line may be torn by a kill. */
function readLines(path: string): unknown[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line, index): unknown[] => {
    const json = line.slice(9);
    if (crc32(json).toString(16).padStart(8, '0') === line.slice(0, 8)) return [JSON.parse(json) as unknown];
    if (index === lines.length - 1) return [];
    throw new Error(`${path}, line ${index + 1}: damaged`);
  });
}
