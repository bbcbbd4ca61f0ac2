import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { computeSourcesDigest } from '../../scripts/launcher/build.mjs';
import { areDependenciesInstalled } from '../../scripts/launcher/dependencies.mjs';
import { removeLock, tryLock } from '../../scripts/launcher/lock.mjs';
import { clearState } from '../../scripts/launcher/state.mjs';
import { renderTemplate } from '../../scripts/launcher/template.mjs';

let root: string;

const write = (path: string, content: unknown): void => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'zantara-parts-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('areDependenciesInstalled', () => {
  const wanted = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/for-another-platform': { version: '1.0.0', optional: true },
  };

  beforeEach(() => write('package-lock.json', { packages: wanted }));

  it('says no to an empty clone', () => {
    expect(areDependenciesInstalled(root)).toBe(false);
  });

  it('says yes to what npm installed, by whatever command', () => {
    write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '1.0.0' } } });
    expect(areDependenciesInstalled(root)).toBe(true);
  });

  it.each([
    ['is missing', {}],
    ['has another version', { 'node_modules/a': { version: '1.0.1' } }],
    ['is optional and has another version', { ...wanted, 'node_modules/for-another-platform': { version: '0.9.0' } }],
  ])('says no when a package %s', (_what, packages) => {
    write('node_modules/.package-lock.json', { packages });
    expect(areDependenciesInstalled(root)).toBe(false);
  });

  it('says no to what was installed on another platform', () => {
    write('node_modules/.package-lock.json', { packages: wanted });
    write('node_modules/.platform', 'plan9 mips 1');
    expect(areDependenciesInstalled(root)).toBe(false);
  });
});

describe('computeSourcesDigest', () => {
  beforeEach(() => {
    write('src/a.ts', 'a');
    write('src/a.spec.ts', 'a');
    write('src/b/c.ts', 'c');
  });

  it('stays the same while nothing changes, and when only a test does', () => {
    const before = computeSourcesDigest(root);
    expect(computeSourcesDigest(root)).toBe(before);
    write('src/a.spec.ts', 'changed');
    expect(computeSourcesDigest(root)).toBe(before);
  });

  it.each([
    ['is edited', () => write('src/b/c.ts', 'changed')],
    ['is replaced by an older one', () => utimesSync(join(root, 'src/a.ts'), 1, 1)],
    ['is added', () => write('src/new.ts', 'n')],
    ['is removed', () => rmSync(join(root, 'src/a.ts'))],
  ])('changes when a source %s', (_what, change) => {
    const before = computeSourcesDigest(root);
    change();
    expect(computeSourcesDigest(root)).not.toBe(before);
  });
});

describe('tryLock', () => {
  const others: ChildProcess[] = [];
  afterEach(() => others.splice(0).forEach((other) => other.kill('SIGKILL')));

  /** Runs a script of ours that stays, and answers its pid and what it says first. */
  async function runScript(code: string): Promise<{ pid: number; says: string }> {
    write('scripts/holder.mjs', `${code}; setInterval(() => {}, 1000);`);
    const other = spawn(process.execPath, [join(root, 'scripts/holder.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
    others.push(other);
    const says = await new Promise((resolve) => other.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())));
    return { pid: other.pid ?? 0, says: String(says) };
  }

  const heldBy = (pid: number): string => {
    write('lock/pid', String(pid));
    return join(root, 'lock');
  };

  it('is given back for the next one', () => {
    const lock = join(root, 'lock');
    tryLock(lock).release?.();
    expect(tryLock(lock).release).toBeDefined();
  });

  it('is not given while another script of ours holds it', async () => {
    const { pid } = await runScript('console.log("up")');
    expect(tryLock(heldBy(pid))).toEqual({ holder: pid });
  });

  it('is given to one of several that find a dead holder', async () => {
    const lock = heldBy(2 ** 22 + 1);
    const code = `import { tryLock } from '${pathToFileURL('scripts/launcher/lock.mjs').href}';
      console.log(tryLock('${lock}').holder ?? 'taken')`;
    const answers = await Promise.all(Array.from({ length: 4 }, () => runScript(code)));
    const winner = answers.find(({ says }) => says === 'taken');
    expect(answers.map(({ says }) => says).toSorted()).toEqual([...Array<string>(3).fill(String(winner?.pid)), 'taken']);
    expect(readdirSync(root).toSorted()).toEqual(['lock', 'scripts']);
  });

  it('is left alone by somebody who saw the holder before', () => {
    const lock = heldBy(4711);
    removeLock(lock, 42);
    expect(existsSync(lock)).toBe(true);
  });

  it('is left to whoever took it in between', () => {
    const lock = join(root, 'lock');
    const { release } = tryLock(lock);
    heldBy(4711);
    release?.();
    expect(existsSync(lock)).toBe(true);
  });

  it.each([
    ['that has ended', 2 ** 22 + 1],
    ['whose pid another program has now', 1],
    ['that had our own pid, before a restart', process.pid],
  ])('is taken from a holder %s', (_what, pid) => {
    expect(tryLock(heldBy(pid)).release).toBeDefined();
  });
});

describe('clearState', () => {
  it('removes what a start wrote, and nothing that was there before', () => {
    for (const path of ['postgres/data/PG_VERSION', 'nats/nats.conf', 'keys/a.nk', 'logs/agent.log', 'example/ports.json'])
      write(path, 'ours');
    write('run.json', {});
    for (const path of ['.git/HEAD', 'src/main.ts', 'package.json', 'nats-bin/nats-server']) write(path, 'kept');
    clearState(root);
    expect(readdirSync(root).toSorted()).toEqual(['.git', 'nats-bin', 'package.json', 'src']);
  });
});

describe('renderTemplate', () => {
  it('fills in what it knows and names what it does not', () => {
    write('t.yaml', 'port: ${PORT}\nkeep: $PORT {{PORT}}\n');
    expect(renderTemplate(join(root, 't.yaml'), { PORT: 4000 })).toBe('port: 4000\nkeep: $PORT {{PORT}}\n');
    expect(() => renderTemplate(join(root, 't.yaml'), { HOST: 'x' })).toThrow('nothing is known of ${PORT}; there are HOST');
  });
});
