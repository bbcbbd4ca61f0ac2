import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createScratchRepository, repositoryRoot, type ScratchRepository } from './scratch-repository.ts';

/** Each is a mistake that the compiler must find, under the settings of the root or of a portable library. */
const MISTAKES: [code: string, path: string, source: string][] = [
  ['TS18048', 'src/a/index-access.ts', "const xs = ['a'];\nconst x = xs[0];\nexport const n: number = x.length;"],
  ['TS4114', 'src/a/override.ts', 'class A { f(): void {} }\nexport class B extends A { f(): void {} }'],
  [
    'TS7029',
    'src/a/fall-through.ts',
    'export function f(x: number): void {\n  switch (x) {\n    case 1: f(2);\n    case 2: f(3);\n  }\n}',
  ],
  ['TS1484', 'src/a/value-import.ts', "import { Thing } from './thing.ts';\nexport const f = (x: Thing): Thing => x;"],
  ['TS2584', 'src/a/dom.ts', 'export const x: unknown = document;'],
  ['TS2550', 'src/a/too-new.ts', 'export const x: unknown = Promise.withResolvers();'],
  ['TS2591', 'libs/contracts/src/node.ts', "export const x: unknown = Buffer.from('');"],
  ['TS2591', 'libs/agent-core/src/node.ts', 'export const x: unknown = process;'],
  ['TS2304', 'libs/agent-core/src/timer.ts', 'export const x: unknown = setTimeout;'],
  ['TS2584', 'libs/agent-core/src/dom.ts', 'export const x: unknown = console;'],
];

describe('the compiler settings', () => {
  let scratch: ScratchRepository;
  let found: string[];

  beforeAll(() => {
    const configs = ['tsconfig.json', 'libs/contracts/tsconfig.json', 'libs/agent-core/tsconfig.json'];
    scratch = createScratchRepository({
      'src/a/thing.ts': 'export interface Thing { name: string }\n',
      'package.json': readFileSync(join(repositoryRoot, 'package.json'), 'utf8'),
      ...Object.fromEntries(configs.map((path) => [path, readFileSync(join(repositoryRoot, path), 'utf8')])),
      ...Object.fromEntries(MISTAKES.map(([, path, source]) => [path, `${source}\n`])),
    });
    const output = configs.map((config) => scratch.run('tsc7/bin/tsc', '-p', config, '--noEmit', '--pretty', 'false'));
    found = output.flatMap((text) => text.split('\n')).map((line) => line.replace(/\(\d+,\d+\): error/, '').replace(/:.*/, ''));
  });

  afterAll(() => scratch.remove());

  it.each(MISTAKES)('%s is found in %s', (code, path) => {
    expect(found).toContain(`${path} ${code}`);
  });
});
