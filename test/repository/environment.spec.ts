import { describe, expect, it } from '@jest/globals';
import { isTest, listCode, listFiles, readText } from './repository-files.ts';

/** Variables of the platform, not of ours: nobody sets them for us. */
const PLATFORM = new Set(['PATH', 'HOME', 'CI', 'NO_COLOR', 'TERM', 'SHELL', 'LANG', 'TMPDIR', 'XDG_CONFIG_HOME']);

const ACCESS = /\benv(?:ironment)?(?:\.|\??\.?\[['"])([A-Z][A-Z0-9_]*)\b/g;
/** In the one file that declares a program's variables, they are the keys of its schema. */
const SCHEMA_KEY = /^\s*['"]?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)['"]?:/gm;
const IS_SCHEMA = /^src\/platform\/config\/|\/(config|environment)\.ts$/;

/** The command line reads a variable for each flag, named after it. */
const CLI_FLAG = /\boption\('(?:-\w, )?--([a-z-]+)/g;

/** Services that a test starts get theirs from that test alone. */
const IS_FIXTURE = /^test\/.*-service\.mjs$/;

const listTests = (): string[] =>
  listFiles('', (path) => (isTest(path) || /^test\/.*\.(ts|mjs|cjs)$/.test(path)) && !IS_FIXTURE.test(path));

const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []);

function listVariablesRead(): string[] {
  const names = [...listCode(), ...listTests()].flatMap((path) => {
    const text = readText(path);
    const flags = path.startsWith('apps/cli/') ? matches(text, CLI_FLAG) : [];
    return [
      ...matches(text, ACCESS),
      ...(IS_SCHEMA.test(path) ? matches(text, SCHEMA_KEY) : []),
      ...flags.map((flag) => `ZANTARA_${flag.toUpperCase().replaceAll('-', '_')}`),
    ];
  });
  return [...new Set(names)].filter((name) => !PLATFORM.has(name)).sort();
}

/** The program that a file belongs to, or nothing when the file may read the environment freely. */
function programOf(path: string): string | undefined {
  if (/^(scripts|bench|libs\/testing)\//.test(path)) return undefined;
  // The log tools are a program of their own, with its own start.
  if (/^src\/operator[./]/.test(path)) return 'src/operator';
  return /^(apps\/[^/]+|libs\/[^/]+|examples\/(?:[^/]+\/)?[^/]+|[^/]+)\//.exec(path)?.[1];
}

describe('the environment', () => {
  it('.env.example lists every variable that is read, and no other', () => {
    const listed = matches(readText('.env.example'), /^#?\s?([A-Z][A-Z0-9_]*)=/gm);
    expect(listed.sort()).toEqual(listVariablesRead());
  });

  it('is read in one file per program', () => {
    const readers = listCode().filter((path) => programOf(path) !== undefined && /\bprocess\.env\b/.test(readText(path)));
    const programs = readers.map(programOf);
    expect(readers.filter((path) => programs.filter((program) => program === programOf(path)).length > 1)).toEqual([]);
  });

  it('is read by programs, not by libraries', () => {
    const readers = listCode().filter(
      (path) => /^libs\/(?!service-agent\/|testing\/)/.test(path) && /\bprocess\.env\b/.test(readText(path)),
    );
    expect(readers).toEqual([]);
  });
});
