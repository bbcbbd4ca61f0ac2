import { availableParallelism } from 'node:os';
import { ZantaraError } from '#libs/contracts';
import { startOrchestrator } from './orchestrator.ts';
import { Configuration } from './platform/config/configuration.ts';

try {
  // With one processor a second thread would only take memory.
  await startOrchestrator(Configuration.fromProcess(), { hasReadSideThread: availableParallelism() > 1 });
} catch (error) {
  const text = error instanceof ZantaraError ? `${error.message}\n${error.remediation}` : error;
  process.stderr.write(`${text instanceof Error ? (text.stack ?? text.message) : String(text)}\n`);
  process.exit(1);
}
