import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createScratchRepository, repositoryRoot, type ScratchRepository } from './scratch-repository.ts';

const OutputSchema = z.object({
  diagnostics: z.array(z.object({ code: z.string().optional(), filename: z.string(), message: z.string() })),
});

const lines = (count: number, line = 'export const x$ = 1;'): string =>
  Array.from({ length: count }, (_, index) => line.replace('$', String(index))).join('\n');

/** Each is a mistake that the rule named must find. */
const MISTAKES: [rule: string, path: string, source: string][] = [
  ['typescript(no-explicit-any)', 'src/a/any.ts', 'export const f = (x: any): unknown => x;'],
  ['typescript(no-non-null-assertion)', 'src/a/bang.ts', 'export const f = (x?: string): string => x!;'],
  ['typescript(no-floating-promises)', 'src/a/floating.ts', 'export function f(p: Promise<void>): void { p; }'],
  [
    'typescript(no-misused-promises)',
    'src/a/misused.ts',
    'export const f = (p: Promise<boolean>): number => { if (p) return 1; return 2; };',
  ],
  [
    'typescript(switch-exhaustiveness-check)',
    'src/a/switch.ts',
    "export function f(x: 'a' | 'b'): number {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}",
  ],
  ['typescript(explicit-function-return-type)', 'src/a/inner.ts', 'function f(x: number) { return x; }\nexport const y = f(1);'],
  ['typescript(explicit-module-boundary-types)', 'libs/x/src/boundary.ts', 'export function f(x: number) { return x; }'],
  ['typescript(no-unsafe-type-assertion)', 'src/a/as.ts', 'export const f = (x: unknown): string => x as string;'],
  [
    'typescript(no-unsafe-assignment)',
    'src/a/parse.ts',
    "export const f = (): string => { const y: string = JSON.parse('1'); return y; };",
  ],
  ['typescript(only-throw-error)', 'src/a/throw.ts', "export function f(): never { throw 'no'; }"],
  ['import(no-default-export)', 'src/a/default.ts', 'export default 1;'],
  ['import(no-cycle)', 'src/a/cycle-one.ts', "import { two } from './cycle-two.ts';\nexport const one = (): number => two();"],
  ['unicorn(filename-case)', 'src/a/camelCase.ts', 'export const x = 1;'],
  ['unicorn(filename-case)', 'apps/dashboard/src/kebab-part.tsx', 'export const x = 1;'],
  ['eslint(max-lines)', 'src/a/long.ts', lines(301)],
  ['eslint(max-lines-per-function)', 'src/a/long-function.ts', `export function f(): void {\n${lines(60, 'Math.abs($);')}\n}`],
  ['eslint(max-params)', 'src/a/params.ts', 'export const f = (a: 1, b: 1, c: 1, d: 1, e: 1): unknown => [a, b, c, d, e];'],
  [
    'eslint(max-params)',
    'src/a/wide.service.ts',
    'export class S {\n  constructor(readonly a: 1, readonly b: 1, readonly c: 1, readonly d: 1, readonly e: 1, readonly f: 1, readonly g: 1, readonly h: 1) {}\n}',
  ],
  [
    'eslint(max-depth)',
    'src/a/deep.ts',
    'export function f(x: boolean): number {\n  if (x) { if (!x) { if (x) { if (!x) { if (x) { return 1; } } } } }\n  return 2;\n}',
  ],
  ['eslint(no-console)', 'src/a/console.ts', "console.log('x');\nexport const x = 1;"],
  [
    'eslint(no-restricted-imports)',
    'src/a/outbox.ts',
    "import { Outbox } from '#libs/agent-core';\nexport const x: unknown = Outbox;",
  ],
  ['eslint(eqeqeq)', 'src/a/equal.ts', 'export const f = (x: unknown): boolean => x == 1;'],
  ['eslint(no-unused-vars)', 'src/a/unused.ts', 'const y = 2;\nexport const x = 1;'],
  ['eslint(no-empty)', 'src/a/empty.ts', 'export function f(): void { try { Math.abs(1); } catch {} }'],
  ['eslint(no-warning-comments)', 'src/a/todo.ts', `// ${'TO'}${'DO'}: later\nexport const x = 1;`],
  ['jest(valid-title)', 'src/a/title.spec.ts', "import { it } from '@jest/globals';\nit('should work', () => {});"],
  ['jest(no-focused-tests)', 'src/a/focus.spec.ts', "import { it } from '@jest/globals';\nit.only('works', () => {});"],
];

/** The same kind of mistake once per file of the pure core, and once per way of making it. */
const IMPURE: [path: string, source: string][] = [
  ['src/incidents/incident.decider.ts', 'export const f = (): number => Date.now();'],
  ['src/incidents/incident.ts', 'export const f = (): Date => new Date();'],
  ['src/incidents/list.projection.ts', 'export const f = (): string => Date();'],
  ['src/healing/saga/fix-steps.ts', 'export const f = (): number => Math.random();'],
  ['src/incidents/symptom.ts', 'export const f = (): number => performance.now();'],
  ['src/healing/guards/age.ts', 'export const f = (): string | undefined => process.env.HOME;'],
  ['src/decisions/rule-table.ts', 'export const f = (): unknown => setTimeout(() => {}, 1);'],
  ['src/intake/report-intake.ts', "import { v7 } from 'uuid';\nexport const f = (): string => v7();"],
  ['libs/contracts/src/id.ts', 'export const f = (): string => crypto.randomUUID();'],
  ['libs/agent-core/src/id.ts', "import { randomUUID } from 'node:crypto';\nexport const f = (): string => randomUUID();"],
  [
    'libs/fix-strategies/src/late/late.ts',
    "import { setTimeout as sleep } from 'node:timers/promises';\nexport const f = sleep;",
  ],
  ['libs/agent-core/src/global.ts', "export const f = (): unknown => globalThis['Date'];"],
];

/** Ways from a text to markup. */
const MARKUP: [path: string, source: string][] = [
  ['apps/dashboard/src/html.ts', "export const f = (x: Element): void => void (x.innerHTML = '');"],
  ['apps/dashboard/src/by-name.ts', "export const f = (x: Element): unknown => x['outerHTML'];"],
  ['apps/dashboard/src/Danger.tsx', "export const Danger = (): unknown => <p dangerouslySetInnerHTML={{ __html: '' }} />;"],
  ['apps/dashboard/src/Frame.tsx', 'export const Frame = (): unknown => <iframe srcdoc="x" />;'],
  ['apps/dashboard/src/written.ts', "export const f = (): void => document.write('x');"],
  ['apps/dashboard/src/parsed.ts', 'export const f = (): unknown => new DOMParser();'],
];

const CLEAN: [path: string, source: string][] = [
  ['src/a/redact.ts', "import { redactText } from '#libs/agent-core';\nexport const f = (): unknown => redactText('x');"],
  ['src/a/thing.ts', 'export interface Thing { name: string }\nexport class Injected {}'],
  [
    'src/a/wanted.service.ts',
    'export class S {\n  constructor(readonly a: 1, readonly b: 1, readonly c: 1, readonly d: 1, readonly e: 1, readonly f: 1, readonly g: 1) {}\n}',
  ],
  [
    'src/a/injected.ts',
    "import { Injectable } from '@nestjs/common';\nimport { Injected } from './thing.ts';\n@Injectable()\nexport class Uses {\n  constructor(readonly injected: Injected) {}\n}",
  ],
  [
    'src/a/pure.decider.ts',
    'export const f = (now: number, process: { pid: number }): unknown => ({ at: new Date(now), pid: process.pid, performance: Date.parse("1") });',
  ],
  ['src/a/edge.ts', 'export const f = (): number => Date.now() + Math.random();'],
  ['apps/dashboard/src/Part.tsx', 'export const Part = (): unknown => <p title="x">{\'text\'}</p>;'],
  ['apps/dashboard/src/main.tsx', 'export const x = 1;'],
  ['apps/cli/src/print.ts', "console.log('x');\nexport const x = 1;"],
];

const OTHERS: [path: string, source: string][] = [
  ['src/a/cycle-two.ts', "import { one } from './cycle-one.ts';\nexport const two = (): number => one();"],
];

describe('the lint rules', () => {
  let scratch: ScratchRepository;
  let found: string[];

  beforeAll(() => {
    const plugin = JSON.stringify(join(repositoryRoot, 'tools/lint/plugin.mjs'));
    const config = readFileSync(join(repositoryRoot, '.oxlintrc.json'), 'utf8');
    const mistakes = MISTAKES.map(([, path, source]): [string, string] => [path, source]);
    scratch = createScratchRepository({
      ...Object.fromEntries([...mistakes, ...IMPURE, ...MARKUP, ...CLEAN, ...OTHERS]),
      '.oxlintrc.json': config.replace('"./tools/lint/plugin.mjs"', plugin),
      'tsconfig.json': readFileSync(join(repositoryRoot, 'tsconfig.json'), 'utf8'),
      'package.json': readFileSync(join(repositoryRoot, 'package.json'), 'utf8'),
      'libs/agent-core/src/index.ts': 'export class Outbox {}\nexport const redactText = (x: string): string => x;\n',
    });
    const output = OutputSchema.parse(
      JSON.parse(scratch.run('oxlint/bin/oxlint', '--disable-nested-config', '-f', 'json', 'src', 'libs', 'apps')),
    );
    found = output.diagnostics.map(({ code, filename, message }) => `${filename} ${code ?? message}`);
  });

  afterAll(() => scratch.remove());

  it.each(MISTAKES)('%s finds the mistake in %s', (rule, path) => {
    expect(found).toContain(`${path} ${rule}`);
  });

  it.each(IMPURE)('the pure core refuses the clock, chance or platform in %s', (path) => {
    expect(found).toContain(`${path} zantara(pure-core)`);
  });

  it.each(MARKUP)('the page refuses the markup made of text in %s', (path) => {
    expect(found).toContain(`${path} zantara(text-nodes-only)`);
  });

  it.each(CLEAN)('nothing is found in %s', (path) => {
    expect(found.filter((finding) => finding.startsWith(path))).toEqual([]);
  });
});
