import { describe, expect, it } from '@jest/globals';
import { Progress } from './progress.ts';

function start(isTTY: boolean): { written: string[]; progress: Progress; passTo: (ms: number) => void } {
  const written: string[] = [];
  let nowMs = 0;
  const progress = new Progress({ isTTY, write: (text) => written.push(text) }, () => nowMs);
  return { written, progress, passTo: (ms) => void (nowMs = ms) };
}

describe('progress', () => {
  it('is told with rate and time left, a line now and then, where nobody looks on', () => {
    const { written, progress, passTo } = start(false);
    progress.report(10, 30_000, 'events');
    passTo(5_000);
    progress.report(10_000, 30_000, 'events');
    progress.report(10_001, 30_000, 'events');
    passTo(10_000);
    progress.report(30_000, 30_000, 'events');
    progress.clear();
    expect(written).toEqual([
      '33 %, 10,000 of 30,000 events, 2,000/s, 10 s left\n',
      '100 %, 30,000 of 30,000 events, 3,000/s, 0 s left\n',
    ]);
  });

  it('stays in its place on a terminal, and leaves nothing behind', () => {
    const { written, progress, passTo } = start(true);
    passTo(1_000);
    progress.report(500, 1_000, 'events');
    progress.clear();
    progress.clear();
    expect(written).toEqual(['\r\u001b[2K50 %, 500 of 1,000 events, 500/s, 1 s left', '\r\u001b[2K']);
  });
});
