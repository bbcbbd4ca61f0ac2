import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { END_WITH_PARENT, root } from '../bootstrap.mjs';
import { stopPid } from '../infra/process.mjs';
import { LauncherError } from './options.mjs';

const lastLines = (file, count) => readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');

/**
 * For Node, as the Dockerfile has it too. How long a collection stops everything follows from how much is alive in the room for what is
 * new, in MiB: more of it takes more reports a second, and makes those of others wait. Old space is collected when it has grown by so
 * many per cent: to mark it keeps all processors busy for a tenth of a second. What dies young is not put there at once: V8 does so where
 * much of a kind was alive at some collections, as in a flood, and doesn't notice that it isn't any more.
 */
export const ORCHESTRATOR_FLAGS = ['--max-semi-space-size=16', '--heap-growing-percent=200', '--no-allocation-site-pretenuring'];

/**
 * Starts one of our programs, with its output in a file. It gets a process group of its own, or Ctrl-C in a terminal would
 * reach it before it is its turn, and a channel to us, so that it ends when we are killed.
 */
export function startProgram({ name, script, args = [], nodeFlags = [], env, logFile, stopWithinMs = 15_000 }) {
  mkdirSync(dirname(logFile), { recursive: true });
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.1`);
  const out = openSync(logFile, 'a');
  const child = spawn(process.execPath, [...nodeFlags, ...END_WITH_PARENT, script, ...args], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', out, out, 'ipc'],
  });
  closeSync(out);
  let isStopping = false;
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
  });
  return {
    name,
    pid: child.pid,
    /** Resolves with an error when it ends without being asked to. */
    crashed: ended.then((how) =>
      isStopping ? undefined : new LauncherError(`${name} ended with ${how}. ${logFile} ends with:\n${lastLines(logFile, 20)}`),
    ),
    stop: async () => {
      isStopping = true;
      await stopPid(child.pid, 'SIGTERM', stopWithinMs);
    },
  };
}

/** Waits until `url` answers 200; fails when the program has ended, when it takes too long, or when `signal` says stop. */
export async function answers(url, { program, withinMs, signal }) {
  let crash;
  void program.crashed.then((error) => (crash = error));
  let last = 'nothing';
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(25)) {
    if (crash !== undefined) throw crash;
    signal.throwIfAborted();
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      last = `${response.status} ${(await response.text()).slice(0, 500)}`;
      if (response.ok) return;
    } catch (error) {
      last = error.cause?.message ?? error.message;
    }
  }
  throw new LauncherError(`${url} did not answer 200 within ${withinMs / 1000} s, at last: ${last}`);
}

/** Runs `start`; when it fails, `others` are told by their signal, and fail with the same error. */
export async function startTogether(others, start) {
  try {
    return await start();
  } catch (error) {
    others.abort(error);
    throw error;
  }
}
