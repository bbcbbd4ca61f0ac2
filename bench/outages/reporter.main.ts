import { readFileSync } from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import { parseAgentConfig, startServiceAgent } from '#libs/service-agent';
import { blurt, leak } from '../agents/planted-secret.ts';
import { ReportLedger } from './report-ledger.ts';
import { ReporterConfigSchema } from './reporter-config.ts';

/** A host program with an agent inside: it reports without a pause and keeps a ledger of what it handed over. */
const FAULTS = ['checkout failed', 'cart is empty', 'no such user', 'price is negative', 'stock is unknown'];

const [configFile = ''] = process.argv.slice(2);
const config = ReporterConfigSchema.parse(JSON.parse(readFileSync(configFile, 'utf8')));
const ledger = new ReportLedger(config.ledgerFile);
const agent = await startServiceAgent(parseAgentConfig(config.agent));
let sequence = 0;

async function report(): Promise<void> {
  const id = uuidv7();
  const { source, secret } = config;
  sequence += 1;
  ledger.note(id, 'intended');
  await agent.report({
    id,
    source,
    type: 'js-error',
    severity: 'medium',
    data: {
      message: `${FAULTS[sequence % FAULTS.length] ?? ''}, ${blurt(secret)}`,
      exception_type: 'Error',
      sequence,
      ...leak(secret),
    },
    context: { boot: process.pid },
  });
  ledger.note(id, 'taken');
}

const timer = config.intervalMs === undefined ? undefined : setInterval(reportSafely, config.intervalMs);

function reportSafely(): void {
  report().catch((error: unknown) => console.error('not taken', error));
}

/** Nothing new, while what was taken in goes on to be delivered. */
const fallSilent = (): void => clearInterval(timer);

process.once('SIGUSR2', fallSilent);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    fallSilent();
    void agent.stop().then(() => process.exit(0));
  });
}
