import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { isScope, type Scope } from '#libs/contracts';

/** A stop that counts already, and that the log doesn't hold yet. */
export interface PendingStop {
  /** Names it for ever, so that it is stored once. */
  id: string;
  scope: Scope;
  reason: string;
  actor: string;
}

const PendingSchema = z.array(
  z.strictObject({
    id: z.string().min(1),
    scope: z.string().refine(isScope),
    reason: z.string(),
    actor: z.string(),
  }),
);

/** Kept in a file as well: a stop must outlive this process while the log is away. */
export class PendingStops {
  private stops: readonly PendingStop[] = [];

  constructor(private readonly file: string) {
    if (existsSync(file)) this.stops = readStops(file);
  }

  list(): readonly PendingStop[] {
    return this.stops;
  }

  add(stop: PendingStop): void {
    if (!this.stops.some(({ id }) => id === stop.id)) this.replace([...this.stops, stop]);
  }

  remove(id: string): void {
    this.replace(this.stops.filter((stop) => stop.id !== id));
  }

  /** Known before it is written: a full disk must not keep anybody from stopping. */
  private replace(stops: readonly PendingStop[]): void {
    this.stops = stops;
    if (stops.length === 0) return rmSync(this.file, { force: true });
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(`${this.file}.new`, JSON.stringify(stops), { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }
}

/** What can't be read was a stop once: everything is stopped, and a person finds out. */
function readStops(file: string): PendingStop[] {
  const parsed = PendingSchema.safeParse(tryJson(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  return [{ id: `unreadable:${file}`, scope: 'global', reason: `${file} can not be read`, actor: 'healing' }];
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
