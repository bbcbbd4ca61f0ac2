import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readAgentLedger } from './read-agent-ledger.ts';

function toLine(record: unknown): string {
  const json = JSON.stringify(record);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

const added = (id: string, kind = 'report'): unknown => ({ add: { id, kind, severity: 'high', body: {}, observed: {} } });
const started = (id: string, position: number): unknown => ({
  type: 'started',
  command_id: id,
  service_id: 'memory',
  strategy: 'restart/service',
  fence: { log_id: 'log', position },
  at: {},
});

describe("an agent's ledger", () => {
  let dir: string;
  const write = (name: string, ...lines: string[]): void => writeFileSync(join(dir, name), lines.join(''));
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'zantara-ledger-'));
    write('outbox.log');
    write('journal.log');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('tells which reports were taken in, and which of them were receipted', () => {
    write(
      'outbox.log',
      ...[added('r1'), added('c1:succeeded', 'result'), added('r2'), { remove: ['r1', 'c1:succeeded'] }].map(toLine),
    );
    expect(readAgentLedger(dir, 'agent')).toEqual({
      agentId: 'agent',
      effects: [],
      reports: [
        { reportId: 'r1', receipted: true },
        { reportId: 'r2', receipted: false },
      ],
    });
  });

  it('tells each command that was begun, as often as it was', () => {
    const finished = { type: 'finished', command_id: 'c1', result: {} };
    write('journal.log', ...[started('c1', 7), finished, started('c1', 7)].map(toLine));
    const effect = { commandId: 'c1', target: 'memory', fencePosition: 7 };
    expect(readAgentLedger(dir, 'agent').effects).toEqual([effect, effect]);
  });

  it('leaves out a last line that a kill has cut', () => {
    write('journal.log', toLine(started('c1', 7)), toLine(started('c2', 8)).slice(0, 40));
    expect(readAgentLedger(dir, 'agent').effects).toHaveLength(1);
  });

  it('knows what else an agent writes down', () => {
    const other = [
      { type: 'finished', command_id: 'c1', result: {} },
      { type: 'refused', command_id: 'c2', result: {} },
      { type: 'receipted', command_id: 'c1' },
      { type: 'fence', service_id: 'memory', fence: { log_id: 'log', position: 7 } },
    ];
    write('journal.log', ...other.map(toLine));
    expect(readAgentLedger(dir, 'agent').effects).toEqual([]);
  });

  it.each([
    ['an addition of another kind', 'outbox.log', added('r1', 'rapport')],
    ['an addition whose shape has changed', 'outbox.log', { added: { id: 'r1', kind: 'report' } }],
    [
      'a start whose fence is told elsewhere',
      'journal.log',
      { type: 'started', command_id: 'c1', service_id: 'memory', position: 7 },
    ],
    ['a record that nobody knows', 'journal.log', { type: 'begun', command_id: 'c1' }],
    ['what is no object', 'journal.log', 7],
  ])('is no evidence when it holds %s', (_what, file, record) => {
    write(file, toLine(record));
    expect(() => readAgentLedger(dir, 'agent')).toThrow(`${file}, line 1: no record that is known`);
  });

  it('is no evidence when a line in its middle is damaged', () => {
    write('journal.log', toLine(started('c1', 7)).replace('memory', 'nemory'), toLine(started('c2', 8)));
    expect(() => readAgentLedger(dir, 'agent')).toThrow('line 1: damaged');
  });
});
