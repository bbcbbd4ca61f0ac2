import { setTimeout as sleep } from 'node:timers/promises';
import type { LogWatch } from '../installation/log-watch.ts';
import type { FixMoment } from './judge-replicas.ts';

interface Row {
  readonly position: string;
  readonly type: string;
  readonly fix_id: string | null;
  readonly incident_id: string | null;
  readonly target: string | null;
}

/** What is known of the newest incident of a target. */
interface IncidentCourse {
  readonly position: number;
  readonly type: string;
}

const LOOK_EVERY_MS = 200;
const NEXT = `SELECT position, type, payload::jsonb->>'fix_id' AS fix_id, payload::jsonb->>'incident_id' AS incident_id,
    payload::jsonb->>'target' AS target
  FROM events WHERE position > $1 AND (type LIKE 'Fix%' OR type LIKE 'Incident%') ORDER BY position LIMIT 5000`;

/** Reads along what becomes of incidents and fixes, by SQL, whoever of the orchestrators writes it. */
export class LogFollower {
  readonly moments: FixMoment[] = [];
  readonly commandedFixes = new Set<string>();
  private readonly targets = new Map<string, string>();
  private readonly courses = new Map<string, IncidentCourse>();
  private position = 0;
  private isStopped = false;
  private readonly running: Promise<void>;

  constructor(private readonly log: LogWatch) {
    this.running = this.run();
  }

  /** Up to where it has read. */
  get readThrough(): number {
    return this.position;
  }

  /** What was said of the target's incident last, if that was after a position. */
  findCourse(target: string, after: number): string | undefined {
    const course = this.courses.get(target);
    return course === undefined || course.position <= after ? undefined : course.type;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      for (const row of await this.log.query<Row>(NEXT, [this.position])) this.take(row);
      await sleep(LOOK_EVERY_MS);
    }
  }

  private take({ position, type, fix_id: fixId, incident_id: incidentId, target }: Row): void {
    this.position = Number(position);
    if (type === 'IncidentOpened' && incidentId !== null && target !== null) this.targets.set(incidentId, target);
    if (type.startsWith('Incident')) {
      const about = this.targets.get(incidentId ?? '');
      if (about !== undefined && type !== 'IncidentGrew') this.courses.set(about, { position: this.position, type });
    } else if (fixId !== null) {
      const commanded = type === 'FixCommanded' && target !== null ? { target } : {};
      this.moments.push({ position: this.position, type, fixId, ...commanded });
      if (type === 'FixCommanded') this.commandedFixes.add(fixId);
    }
  }
}
