import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readOrCreatePrivateFile } from './private-file.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zantara-private-'));
  file = join(folder, 'keys', 'secret');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a private file', () => {
  it('is made once, for its owner only, with nothing left beside it', () => {
    const contents = ['one', 'two'].map((content) => readOrCreatePrivateFile(file, () => content));
    expect(contents).toEqual(['one', 'one']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(file))).toEqual(['secret']);
  });

  it('is that of whoever was first', () => {
    const content = readOrCreatePrivateFile(file, () => {
      readOrCreatePrivateFile(file, () => 'faster');
      return 'slower';
    });
    expect(content).toBe('faster');
    expect(readFileSync(file, 'utf8')).toBe('faster\n');
  });

  it('fails where it can not be made', () => {
    writeFileSync(join(folder, 'keys'), 'no folder');
    expect(() => readOrCreatePrivateFile(file, () => 'x')).toThrow('keys');
  });
});
