import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** What an agent's host knows of one report. `taken`: the agent said that it survives a crash; from then on it must not be lost. */
type Standing = 'intended' | 'taken';

/** What was intended, and what of it was taken in, in a file that outlives a kill of its writer. */
export class ReportLedger {
  constructor(private readonly file: string) {}

  note(reportId: string, standing: Standing): void {
    appendFileSync(this.file, `${standing} ${reportId}\n`);
  }

  /** The ids of the reports that got at least so far. */
  read(standing: Standing): string[] {
    if (!existsSync(this.file)) return [];
    const lines = readFileSync(this.file, 'utf8').split('\n');
    return lines.filter((line) => line.startsWith(`${standing} `)).map((line) => line.slice(standing.length + 1));
  }
}
