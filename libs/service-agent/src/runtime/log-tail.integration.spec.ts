import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rotateLog, tailLog } from './log-tail.ts';

const SECRET = 'hunter2hunter2';

describe('tailLog', () => {
  let dir: string;
  let path: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'zantara-log-'));
    path = join(dir, 'output.log');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const tailOf = (content: string, lines = 200): Promise<string[]> => {
    writeFileSync(path, content);
    return tailLog(path, lines);
  };
  /** Some piece of the secret that is long enough to be worth something. */
  const hasPiece = (lines: readonly string[]): boolean =>
    Array.from({ length: SECRET.length - 3 }, (_, i) => SECRET.slice(i, i + 4)).some((piece) => lines.join('').includes(piece));

  it('keeps the last lines, the blank ones left out', async () => {
    expect(await tailOf('one\n\ntwo\nthree\n', 2)).toEqual(['two', 'three']);
    expect(await tailLog(join(dir, 'missing'), 2)).toEqual([]);
  });

  it.each(['password=', 'postgres://app:', 'Authorization: Bearer '])(
    'leaves no piece of a secret after %j, wherever a long line is cut',
    async (opening) => {
      for (let before = 440; before <= 510; before++) {
        expect(hasPiece(await tailOf(`${'x'.repeat(before)} ${opening}${SECRET}@host\n`))).toBe(false);
      }
    },
  );

  it('leaves no piece of a secret wherever the whole is cut', async () => {
    const filler = `${'y'.repeat(399)}\n`;
    for (let behind = 370; behind <= 410; behind++) {
      const secret = `password=${SECRET} ${'z'.repeat(behind)}\n`;
      expect(hasPiece(await tailOf(`${secret}${filler.repeat(39)}`))).toBe(false);
    }
  });

  it('leaves no piece of a secret wherever the reading begins', async () => {
    const filler = `${'y'.repeat(63)}\n`;
    for (let before = 0; before <= 30; before++) {
      const content = `password=${SECRET}\n${filler.repeat(1_100)}`;
      expect(hasPiece(await tailOf(content.slice(0, 65_536 + before)))).toBe(false);
    }
  });

  it('leaves no line of a private key that began before the lines that are kept', async () => {
    const key = [
      '-----BEGIN PRIVATE KEY-----',
      ...Array.from({ length: 30 }, () => SECRET.repeat(4)),
      '-----END PRIVATE KEY-----',
    ];
    expect(hasPiece(await tailOf(`${key.join('\n')}\n{last}\n`, 5))).toBe(false);
    expect((await tailLog(path, 5)).join()).toContain('{last}');
  });

  it('hands out no more than it may, in whole lines', async () => {
    const lines = await tailOf(`${'x'.repeat(600)}\n`.repeat(100));
    expect(lines).toHaveLength(32);
    expect(new Set(lines.map(({ length }) => length))).toEqual(new Set([500]));
  });

  it('begins where a run begins, also when the log was cut since', async () => {
    writeFileSync(path, 'of an earlier run\n');
    const begin = await rotateLog(path);
    expect(await tailLog(path, 9, begin)).toEqual([]);
    writeFileSync(path, 'of this run\n', { flag: 'a' });
    expect(await tailLog(path, 9, begin)).toEqual(['of this run']);
    expect(await tailOf('short\n')).toEqual(['short']);
    expect(await tailLog(path, 9, begin)).toEqual(['short']);
  });
});
