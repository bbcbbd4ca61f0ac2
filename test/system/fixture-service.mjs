// The example's memory service with a tap: every start is written down first, may be slow, and may fail.
import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const { LEDGER, BROKEN_FLAG, START_DELAY_MS, SERVICE_MAIN } = process.env;
appendFileSync(LEDGER, `${process.pid}\n`);
if (existsSync(BROKEN_FLAG)) {
  process.stderr.write('cannot start: the configuration was broken on purpose\n');
  process.exit(1);
}
await wait(Number(START_DELAY_MS));
await import(SERVICE_MAIN);
