import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ReportLedger } from './report-ledger.ts';

const dir = mkdtempSync(join(tmpdir(), 'zantara-ledger-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe('the ledger of a host', () => {
  it('tells what was taken from what was only intended, also to another reader', () => {
    const file = join(dir, 'a');
    const ledger = new ReportLedger(file);
    ledger.note('r1', 'intended');
    ledger.note('r1', 'taken');
    ledger.note('r2', 'intended');
    const other = new ReportLedger(file);
    expect([other.read('intended'), other.read('taken')]).toEqual([['r1', 'r2'], ['r1']]);
  });

  it('is empty before anything was noted', () => {
    expect(new ReportLedger(join(dir, 'none')).read('taken')).toEqual([]);
  });
});
