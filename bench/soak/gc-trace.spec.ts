import { describe, expect, it } from '@jest/globals';
import { readHeapFloors } from './gc-trace.ts';

const OUTPUT = `{"level":"info","message":"the orchestrator listens"}
[71:0x13375b50]      203 ms: Scavenge 20.1 (30.2) -> 10.6 (38.1) MB, 1.97 / 0.00 ms  (average mu = 1.000, current mu = 1.000) task;
[71:0x13375b50]  1800000 ms: Mark-Compact 49.1 (79.2) -> 4.6 (38.1) MB, 1.97 / 0.00 ms  (+ 0.9 ms in 3 steps) finalize incremental marking
[71:0x7f5fbc000f00]  3600000 ms: Mark-Compact (reduce) 45.8 (77.1) -> 20.4 (53.4) MB, 2.57 / 0.00 ms task; GC in old space requested
[71:0x13375b50]  3600000 ms: Mark-Compact 51.2 (82.4) -> 25.0 (57.9) MB, 18.92 / 0.01 ms
`;

describe('the trace of collections', () => {
  it('tells what each thread had left after each major one', () => {
    expect([...readHeapFloors(OUTPUT)]).toEqual([
      [
        '0x13375b50',
        [
          { atHours: 0.5, value: 4.6 },
          { atHours: 1, value: 25 },
        ],
      ],
      ['0x7f5fbc000f00', [{ atHours: 1, value: 20.4 }]],
    ]);
  });
});
