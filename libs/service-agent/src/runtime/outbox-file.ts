import { z } from 'zod';
import type { OutboxItem, OutboxStorage } from '#libs/agent-core';
import { SeveritySchema } from '#libs/contracts/schemas';
import { InstantSchema } from './instant.schema.ts';
import { RecordFile } from './record-file.ts';

const ItemSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['report', 'result']),
  severity: SeveritySchema,
  body: z.record(z.string(), z.json()),
  observed: InstantSchema,
});
const RecordSchema = z.union([z.strictObject({ add: ItemSchema }), z.strictObject({ remove: z.array(z.string()) })]);
type OutboxRecord = { readonly add: OutboxItem } | { readonly remove: readonly string[] };

const COMPACT_ABOVE_BYTES = 1_048_576;

/** The outbox on disk: additions are synced, removals are not, as a repeated report is known to its receiver. */
export class OutboxFile implements OutboxStorage {
  private readonly live = new Map<string, OutboxItem>();

  private constructor(
    private readonly file: RecordFile<OutboxRecord>,
    private compactAboveBytes = COMPACT_ABOVE_BYTES,
  ) {}

  static async open(path: string): Promise<OutboxFile> {
    const opened = await RecordFile.open<OutboxRecord>(path, (value) => RecordSchema.safeParse(value).data);
    const storage = new OutboxFile(opened.file);
    for (const record of opened.records) storage.fold(record);
    return storage;
  }

  async load(): Promise<readonly OutboxItem[]> {
    return [...this.live.values()];
  }

  async add(items: readonly OutboxItem[]): Promise<void> {
    const records = items.map((item) => ({ add: item }));
    await this.file.append(records);
    for (const record of records) this.fold(record);
  }

  async remove(ids: readonly string[]): Promise<void> {
    const record = { remove: ids };
    this.fold(record);
    await this.file.appendLazily([record]);
    if (this.file.sizeBytes < this.compactAboveBytes) return;
    await this.file.rewrite(() => [...this.live.values()].map((item) => ({ add: item })));
    // A full outbox isn't rewritten at each removal.
    this.compactAboveBytes = Math.max(COMPACT_ABOVE_BYTES, 2 * this.file.sizeBytes);
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private fold(record: OutboxRecord): void {
    if ('add' in record) this.live.set(record.add.id, record.add);
    else for (const id of record.remove) this.live.delete(id);
  }
}
