import { z } from 'zod';
import type { JournalRecord, JournalStorage } from '#libs/agent-core';
import { ResultSchema } from '#libs/contracts/schemas';
import { InstantSchema } from './instant.schema.ts';
import { RecordFile } from './record-file.ts';

const FenceSchema = z.strictObject({ log_id: z.string(), position: z.number() });
const RecordSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('started'),
    command_id: z.string(),
    service_id: z.string(),
    strategy: z.string(),
    fence: FenceSchema,
    at: InstantSchema,
  }),
  z.strictObject({ type: z.literal('finished'), command_id: z.string(), result: ResultSchema }),
  z.strictObject({ type: z.literal('refused'), command_id: z.string(), result: ResultSchema }),
  z.strictObject({ type: z.literal('receipted'), command_id: z.string() }),
  z.strictObject({ type: z.literal('fence'), service_id: z.string(), fence: FenceSchema }),
]);

/** The command journal on disk; every record is synced. */
export class JournalFile implements JournalStorage {
  private constructor(
    private readonly file: RecordFile<JournalRecord>,
    private readonly records: readonly JournalRecord[],
    /** Lines that a broken disk has made unreadable. */
    readonly damagedLines: number,
  ) {}

  static async open(path: string): Promise<JournalFile> {
    const { file, records, damagedLines } = await RecordFile.open<JournalRecord>(
      path,
      (value) => RecordSchema.safeParse(value).data,
    );
    return new JournalFile(file, records, damagedLines);
  }

  async load(): Promise<readonly JournalRecord[]> {
    return this.records;
  }

  append(records: readonly JournalRecord[]): Promise<void> {
    return this.file.append(records);
  }

  rewrite(records: readonly JournalRecord[]): Promise<void> {
    return this.file.rewrite(() => records);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
