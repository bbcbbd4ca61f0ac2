import { createInterface } from 'node:readline';
import { runLogTool } from '../operator/run-log-tool.ts';
import { renderReplayed } from '../output/render-replayed.ts';
import { createStyle } from '../output/style.ts';
import type { Terminal } from '../terminal.ts';
import { parseReplayLine, REPLAY_TOOL, type ReplayOptions, toSelection } from './replay-log.ts';

/** Shows one event, waits for a line, and goes on; a number goes on by so many. */
export async function stepLog(terminal: Terminal, options: ReplayOptions): Promise<void> {
  const style = createStyle(terminal.isColoured);
  const input = createInterface({ input: process.stdin });
  const answers = input[Symbol.asyncIterator]();
  let free = 1;
  try {
    await runLogTool(REPLAY_TOOL, { ...toSelection(options), effects: true }, async (text) => {
      const line = parseReplayLine(text);
      if (line.kind === 'manifest') {
        terminal.note('that was the last one');
        return true;
      }
      if (free === 0) free = await ask(terminal, answers);
      if (free === 0) return false;
      free -= 1;
      terminal.out(renderReplayed(line, style));
      return true;
    });
  } finally {
    input.close();
  }
}

/** How many events may be shown now; none when nobody wants more. */
async function ask(terminal: Terminal, answers: AsyncIterator<string>): Promise<number> {
  terminal.note('Enter: the next event · a number: so many · q: end');
  const answer = await answers.next();
  if (answer.done === true || answer.value === 'q') return 0;
  const count = Number(answer.value);
  return Number.isInteger(count) && count > 0 ? count : 1;
}
