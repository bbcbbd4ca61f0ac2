import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { AgentLedger, Effect, LedgerReport } from '../evidence.ts';

/** Every record that an outbox holds, with the members that count here. What is none of them isn't guessed at. */
const OutboxRecordSchema = z.xor([
  z.object({ add: z.object({ id: z.string(), kind: z.enum(['report', 'result']) }) }),
  z.object({ remove: z.array(z.string()) }),
]);

const JournalRecordSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('started'),
    command_id: z.string(),
    service_id: z.string(),
    fence: z.object({ position: z.number() }),
  }),
  z.object({ type: z.enum(['finished', 'refused', 'receipted']), command_id: z.string() }),
  z.object({ type: z.literal('fence'), service_id: z.string(), fence: z.object({ position: z.number() }) }),
]);

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
  for (const record of readRecords(path, OutboxRecordSchema)) {
    if ('add' in record) {
      if (record.add.kind === 'report') reports.set(record.add.id, false);
    } else for (const id of record.remove) if (reports.has(id)) reports.set(id, true);
  }
  return [...reports].map(([reportId, receipted]) => ({ reportId, receipted }));
}

/** One effect for each start that is written, twice where it was begun twice. */
function readJournal(path: string): Effect[] {
  return readRecords(path, JournalRecordSchema).flatMap((record) =>
    record.type === 'started'
      ? [{ commandId: record.command_id, target: record.service_id, fencePosition: record.fence.position }]
      : [],
  );
}

/** The records of a file whose lines are a checksum and JSON. A last line may be torn by a kill. */
function readRecords<T>(path: string, schema: z.ZodType<T>): T[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line, index): T[] => {
    const json = line.slice(9);
    const place = `${path}, line ${index + 1}`;
    if (crc32(json).toString(16).padStart(8, '0') === line.slice(0, 8)) return [parse(json, schema, place)];
    if (index === lines.length - 1) return [];
    throw new Error(`${place}: damaged`);
  });
}

function parse<T>(json: string, schema: z.ZodType<T>, place: string): T {
  const parsed = schema.safeParse(JSON.parse(json));
  if (parsed.success) return parsed.data;
  throw new Error(`${place}: no record that is known\n${z.prettifyError(parsed.error)}`);
}
