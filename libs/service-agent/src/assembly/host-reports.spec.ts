import { describe, expect, it } from '@jest/globals';
import { Outbox, type OutboxItem, type OutboxStorage } from '#libs/agent-core';
import { MAX_ITEM_BYTES } from '#libs/contracts';
import { validateReport } from '#libs/contracts/schemas';
import { type HostError, HostReports } from './host-reports.ts';
import { computeMaxItemBytes } from './item-size.ts';

const ERROR: HostError = {
  source: 'backend-memory',
  type: 'js-error',
  severity: 'medium',
  data: { message: 'boom' },
  context: { path: '/entries' },
};

class Disk implements OutboxStorage {
  readonly items: OutboxItem[] = [];
  failure: Error | undefined;
  wait: Promise<void> = Promise.resolve();

  async load() {
    return this.items;
  }
  async add(items: readonly OutboxItem[]) {
    await this.wait;
    if (this.failure !== undefined) throw this.failure;
    this.items.push(...items);
  }
  async remove() {
    await this.wait;
  }
}

async function openReports(limits: { maxItems?: number; maxBytes?: number } = {}) {
  const clock = { epoch: 'e', nowMs: () => 7 };
  const { maxItems = 5_000, maxBytes = 16_777_216 } = limits;
  const disk = new Disk();
  const outbox = await Outbox.open({ storage: disk, clock, maxItems, maxBytes });
  const refused: string[] = [];
  let stored = 0;
  const reports = new HostReports({
    outbox,
    clock,
    maxItemBytes: computeMaxItemBytes(maxBytes),
    onStored: () => (stored += 1),
    onRefused: (code) => refused.push(code),
  });
  return { disk, outbox, refused, reports, storedCount: () => stored };
}

describe('what the program around an agent reports', () => {
  it('is on the disk, complete and observed now, when its id comes back', async () => {
    const { disk, reports, storedCount } = await openReports();
    const id = await reports.report(ERROR);
    expect(disk.items).toMatchObject([{ id, kind: 'report', severity: 'medium', observed: { epoch: 'e', ms: 7 } }]);
    expect(validateReport(disk.items[0]?.body)).toMatchObject({ valid: true, value: { error: { ...ERROR, id } } });
    expect(storedCount()).toBe(1);
  });

  it('keeps the id and the time that the program gives, and stores the same id once', async () => {
    const { disk, reports } = await openReports();
    const given = { ...ERROR, id: '01900000-0000-7000-8000-000000000001', timestamp: '2026-01-01T00:00:00Z' };
    expect([await reports.report(given), await reports.report(given)]).toEqual([given.id, given.id]);
    expect(disk.items.map(({ body }) => body)).toEqual([{ error: given }]);
  });

  it('is redacted before it reaches the disk', async () => {
    const { disk, reports } = await openReports();
    const data = { message: 'mail to ann@example.com', password: 'hunter2' };
    await reports.report({ ...ERROR, data, context: { authorization: 'Bearer abcdefghijklmnop' } });
    expect(JSON.stringify(disk.items)).not.toMatch(/ann@example|hunter2|abcdefghijklmnop/);
  });

  it.each([
    [undefined, 'report-invalid'],
    [null, 'report-invalid'],
    ['boom', 'report-invalid'],
    [new Error('boom'), 'report-invalid'],
    [{}, 'report-invalid'],
    [{ ...ERROR, severity: 'terrible' }, 'report-invalid'],
    [{ ...ERROR, source: 'backend-../etc' }, 'report-invalid'],
    [{ ...ERROR, id: 'not a uuid' }, 'report-invalid'],
    [{ ...ERROR, surprise: 1 }, 'report-invalid'],
    [{ ...ERROR, data: { when: new Date() } }, 'report-invalid'],
    [{ ...ERROR, data: { text: 'x'.repeat(MAX_ITEM_BYTES) } }, 'report-too-large'],
    [{ ...ERROR, data: { text: '€'.repeat(MAX_ITEM_BYTES / 3) } }, 'report-too-large'],
  ])('is refused, told and counted when it is wrong: %#', async (given, code) => {
    const { disk, refused, reports, storedCount } = await openReports();
    const refusal = { code, kind: 'invalid', remediation: expect.stringMatching(/\w/) };
    await expect(reports.report(given as HostError)).rejects.toMatchObject(refusal);
    expect(refused).toEqual([code]);
    expect([disk.items, storedCount()]).toEqual([[], 0]);
  });

  it('is held to a quarter of what the outbox may hold', async () => {
    const { refused, reports } = await openReports({ maxBytes: 65_536 });
    await expect(
      reports.report({ ...ERROR, data: { lines: Array.from({ length: 5 }, () => 'x'.repeat(4_000)) } }),
    ).rejects.toThrow('16384 bytes');
    expect(refused).toEqual(['report-too-large']);
  });

  it('says when the disk does not take it, and takes the next one', async () => {
    const { disk, refused, reports } = await openReports();
    disk.failure = new Error('ENOSPC');
    await expect(reports.report(ERROR)).rejects.toMatchObject({
      code: 'report-not-stored',
      retryable: true,
      cause: disk.failure,
    });
    disk.failure = undefined;
    await expect(reports.report(ERROR)).resolves.toEqual(expect.any(String));
    expect(refused).toEqual(['report-not-stored']);
  });

  it('says when the outbox is full of graver ones', async () => {
    const { refused, reports } = await openReports({ maxItems: 1 });
    await reports.report({ ...ERROR, severity: 'critical' });
    await expect(reports.report(ERROR)).rejects.toMatchObject({ code: 'report-not-stored' });
    expect(refused).toEqual(['report-not-stored']);
  });

  it('lets no more wait for a slow disk than memory allows', async () => {
    const { disk, refused, reports } = await openReports();
    let release = (): void => undefined;
    disk.wait = new Promise((resolve) => (release = resolve));
    const all = Array.from({ length: 1_500 }, () => reports.report(ERROR));
    release();
    const ended = await Promise.allSettled(all);
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1_000);
    expect(new Set(refused)).toEqual(new Set(['report-not-stored']));
    expect(refused).toHaveLength(500);
  });

  it('lets no more bytes wait for a slow disk than memory allows', async () => {
    const { disk, refused, reports } = await openReports({ maxBytes: 100_000_000 });
    let release = (): void => undefined;
    disk.wait = new Promise((resolve) => (release = resolve));
    const lines = Array.from({ length: 100 }, () => 'x'.repeat(10_000));
    const all = Array.from({ length: 12 }, () => reports.report({ ...ERROR, data: { lines } }));
    const refusal = expect.objectContaining({ code: 'report-not-stored', message: expect.stringMatching(/\d bytes of reports/) });
    await expect(all[8]).rejects.toEqual(refusal);
    release();
    const ended = await Promise.allSettled(all);
    expect(ended.map(({ status }) => status === 'fulfilled')).toEqual(Array.from({ length: 12 }, (_, n) => n < 8));
    expect(refused).toHaveLength(4);
    await expect(reports.report({ ...ERROR, data: { lines } })).resolves.toEqual(expect.any(String));
  });

  it('ends no process whose program does not look at the promise', async () => {
    const { reports, refused } = await openReports();
    const unhandled: unknown[] = [];
    const note = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', note);
    void reports.report({} as HostError);
    await reports.report(ERROR);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect([unhandled, refused]).toEqual([[], ['report-invalid']]);
  });
});
