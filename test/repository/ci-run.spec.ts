import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { repositoryRoot } from './scratch-repository.ts';

describe('.ci/run', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'zantara-ci-'));
    mkdirSync(join(directory, '.ci'));
    mkdirSync(join(directory, 'bin'));
    copyFileSync(join(repositoryRoot, '.ci/run'), join(directory, '.ci/run'));
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** Runs it with an npm whose check and test behave as told. */
  function run(check: string, test: string): { status: number | null; lastLine: string } {
    const npm = join(directory, 'bin/npm');
    writeFileSync(npm, `#!/bin/sh\ncase "$*" in *check*) ${check} ;; *) ${test} ;; esac\n`);
    chmodSync(npm, 0o755);
    const env = { ...process.env, PATH: [join(directory, 'bin'), process.env['PATH']].join(delimiter) };
    const { status, stdout } = spawnSync('bash', [join(directory, '.ci/run')], { env, encoding: 'utf8', cwd: tmpdir() });
    return { status, lastLine: stdout.trimEnd().split('\n').at(-1) ?? '' };
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

  it('fails when no test was found', () => {
    expect(run('true', "echo '0 passed, 0 failed, 0 skipped'")).toEqual({ status: 1, lastLine: '0 passed, 0 failed, 0 skipped' });
  });
});
