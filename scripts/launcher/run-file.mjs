import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alive, isNodeScript } from '../infra/process.mjs';

const fileIn = (stateDir) => join(stateDir, 'run.json');

/** What was written at the last start, whether it still runs or not. */
export function readRunFile(stateDir) {
  if (!existsSync(fileIn(stateDir))) return undefined;
  try {
    return JSON.parse(readFileSync(fileIn(stateDir), 'utf8'));
  } catch {
    return undefined;
  }
}

/** The launcher that runs with this state, if there is one. */
export function findRunning(stateDir) {
  const run = readRunFile(stateDir);
  return run !== undefined && alive(run.launcher_pid) && isNodeScript(run.launcher_pid, 'start.mjs') ? run : undefined;
}

/** Whole or not at all, so that whoever reads it while it is written sees the one before. */
export function writeRunFile(stateDir, run) {
  const next = `${fileIn(stateDir)}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, fileIn(stateDir));
}

export const removeRunFile = (stateDir) => rmSync(fileIn(stateDir), { force: true });
