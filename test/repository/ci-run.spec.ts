import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { repositoryRoot } from './scratch-repository.ts';

/** What the script itself stands on. */
const TOOLS = ['bash', 'dirname', 'grep', 'id', 'mktemp', 'rm', 'sh', 'tail', 'tee'];

function findOnPath(name: string): string {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`${name} is not on PATH`);
  return found;
}

describe('.ci/run', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'zantara-ci-'));
    mkdirSync(join(directory, '.ci'));
    mkdirSync(join(directory, 'bin'));
    copyFileSync(join(repositoryRoot, '.ci/run'), join(directory, '.ci/run'));
    for (const name of TOOLS) symlinkSync(findOnPath(name), join(directory, 'bin', name));
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const writeProgram = (name: string, body: string): void => {
    writeFileSync(join(directory, 'bin', name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(directory, 'bin', name), 0o755);
  };

  interface Outcome {
    status: number | null;
    lastLine: string;
  }

  /** Runs it with an npm whose check and test behave as told, on a machine that has nothing but what the script names. */
  function runOn(hasBrowser: boolean, check: string, test: string): Outcome & { installed: string } {
    const asked = join(directory, 'apt-get.asked');
    for (const file of [asked, join(directory, 'bin/chromium')]) rmSync(file, { force: true });
    writeProgram('npm', `case "$*" in *check*) ${check} ;; *) ${test} ;; esac`);
    writeProgram('apt-get', `echo "$*" >>'${asked}'; exit 100`);
    if (hasBrowser) writeProgram('chromium', '');
    const env = { PATH: join(directory, 'bin') };
    const { status, stdout } = spawnSync('bash', [join(directory, '.ci/run')], { env, encoding: 'utf8', cwd: tmpdir() });
    const installed = existsSync(asked) ? readFileSync(asked, 'utf8') : '';
    return { status, lastLine: stdout.trimEnd().split('\n').at(-1) ?? '', installed };
  }

  function run(check: string, test: string): Outcome {
    const { status, lastLine } = runOn(true, check, test);
    return { status, lastLine };
  }

  it('ends with the count when everything passes', () => {
    expect(run('true', "echo '7 passed, 0 failed, 1 skipped'; echo 'afterwards'")).toEqual({
      status: 0,
      lastLine: '7 passed, 0 failed, 1 skipped',
    });
  });

  it('runs the tests and fails when only the check fails', () => {
    expect(run('exit 1', "echo '7 passed, 0 failed, 0 skipped'")).toEqual({
      status: 1,
      lastLine: '7 passed, 0 failed, 0 skipped',
    });
  });

  it('fails when a test fails, whatever the exit status says', () => {
    expect(run('true', "echo '7 passed, 2 failed, 0 skipped'")).toEqual({ status: 1, lastLine: '7 passed, 2 failed, 0 skipped' });
  });

  it('fails when the tests end badly after they were counted', () => {
    expect(run('true', "echo '7 passed, 0 failed, 0 skipped'; exit 3")).toEqual({
      status: 1,
      lastLine: '7 passed, 0 failed, 0 skipped',
    });
  });

  it('counts a failure when the tests never got as far as counting', () => {
    expect(run('true', 'exit 1')).toEqual({ status: 1, lastLine: '0 passed, 1 failed, 0 skipped' });
  });

  it('fails when tests were skipped for want of a browser', () => {
    const skipped = "echo 'the page: skipped: no Chromium on PATH or in CHROMIUM_PATH' >&2; echo '7 passed, 0 failed, 3 skipped'";
    expect(run('true', skipped)).toEqual({ status: 1, lastLine: '7 passed, 0 failed, 3 skipped' });
  });

  it('installs Chromium where there is none, and goes on when it can not be had', () => {
    const tests = "echo '7 passed, 0 failed, 0 skipped'";
    expect(runOn(false, 'true', tests).installed).toContain('install -qq -y --no-install-recommends chromium');
    expect(runOn(true, 'true', tests).installed).toBe('');
    expect(runOn(false, 'true', tests).status).toBe(0);
  });

  it('fails when no test was found', () => {
    expect(run('true', "echo '0 passed, 0 failed, 0 skipped'")).toEqual({ status: 1, lastLine: '0 passed, 0 failed, 0 skipped' });
  });
});
