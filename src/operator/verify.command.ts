import { z } from 'zod';
import { createPool, verifyLog } from '#libs/event-store';
import { EXIT } from './exit-codes.ts';
import { loadAnchors } from './load-anchors.ts';
import type { OperatorCommand } from './operator-command.ts';
import { toVerifyAnswer } from './verify-report.ts';

const OptionsSchema = z.strictObject({
  /** Instead of the file of the settings. */
  anchor_file: z.string().min(1).optional(),
});

const STATEMENT_TIMEOUT_MS = 24 * 3_600_000;

/** `verify`: one JSON object with all that was found. Ends with 7 when that is anything. */
export const verifyCommand: OperatorCommand<z.infer<typeof OptionsSchema>> = {
  options: OptionsSchema,
  run: async ({ settings, out, note, progress, signal }, { anchor_file: anchorFile = settings.anchorFile }) => {
    const { anchors, unread } = await loadAnchors({ ...settings, anchorFile });
    const pool = createPool({
      connectionString: settings.databaseUrl,
      applicationName: 'zantara-verify',
      maxConnections: 2,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      onConnectionError: (error) => note(`a connection broke: ${error.message}`),
    });
    const startedMs = performance.now();
    try {
      const onProgress = (position: number, head: number): void => progress.report(position, head, 'events');
      const report = await verifyLog({ pool, anchors, signal, onProgress });
      const answer = toVerifyAnswer(report, { seconds: (performance.now() - startedMs) / 1000, unread });
      out(answer);
      return answer.is_sound ? EXIT.ok : EXIT.critical;
    } finally {
      await pool.end();
    }
  },
};
