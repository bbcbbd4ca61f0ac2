import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { natsBinary } from './nats-binary.mjs';
import { computeNatsConfig } from './nats-config.mjs';
import { ensureNkey } from './nkeys.mjs';
import { alive, commandLine, stopPid } from './process.mjs';
import { connects, freePort } from './ports.mjs';

const readState = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});

/** Whole or not at all, for the next start must be able to read it, whenever this one is killed. */
function writeState(file, state) {
  writeFileSync(`${file}.next`, JSON.stringify(state));
  renameSync(`${file}.next`, file);
}

async function spawnServer(binary, configFile, logFile) {
  const out = openSync(logFile, 'a');
  const child = spawn(binary, ['-c', configFile], { stdio: ['ignore', out, out], detached: true });
  closeSync(out);
  child.unref();
  if (child.pid === undefined) throw (await once(child, 'error'))[0];
  return child.pid;
}

/** Waits until the server lets somebody in, as long as it lives: it may have much to recover. */
async function untilOpen({ port, pid, logFile, withinMs }) {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(10)) {
    if (!alive(pid)) throw new Error(`nats-server ended, see ${logFile}`);
    if (await connects(port)) return;
  }
  await stopPid(pid, 'SIGTERM');
  throw new Error(`nats-server did not listen on port ${port} within ${withinMs / 1000} s, see ${logFile}`);
}

/**
 * Lets the running server read its configuration again. Twice, since in the first round the subjects that are exported to a
 * new account don't reach it yet.
 */
async function reloadServer(pid, logFile) {
  const reloads = () => readFileSync(logFile, 'utf8').split('Reloaded server configuration').length;
  for (let round = 0; round < 2; round++) {
    const before = reloads();
    process.kill(pid, 'SIGHUP');
    for (const end = Date.now() + 5_000; reloads() === before; await sleep(10)) {
      if (Date.now() > end) throw new Error(`nats-server did not take its new configuration, see ${logFile}`);
    }
  }
}

/**
 * Starts nats-server with its state in `dir`, or takes over the one that still runs from there. Who calls this owns it.
 *
 * `users`: `{ publicKey, permissions? }[]`, the only ones that get in. Without them there is one user who may do everything,
 * whose seed is in `seedFile`. `port`: 0 takes the one of the last time when it is free.
 */
export async function startNats({ dir: given, cache, users, port: wanted = 0, limits = {}, withinMs = 60_000, log = () => {} }) {
  const dir = resolve(given);
  mkdirSync(dir, { recursive: true });
  const [stateFile, configFile, logFile] = ['state.json', 'nats.conf', 'nats.log'].map((name) => join(dir, name));
  const anyone = users === undefined ? ensureNkey(join(dir, 'keys'), 'anyone') : undefined;
  const last = readState(stateFile);
  const isRunning = alive(last.pid) && commandLine(last.pid).includes(configFile);
  const port = isRunning ? last.port : await freePort(wanted || last.port);
  const configOf = (list) => computeNatsConfig({ port, storeDir: join(dir, 'jetstream'), users: list, ...limits });
  const config = configOf(users ?? [anyone]);
  const isChanged = isRunning && readFileSync(configFile, 'utf8') !== config;
  writeFileSync(configFile, config, { mode: 0o600 });

  const binary = isRunning ? undefined : natsBinary({ cache: cache ?? join(dir, '../nats-bin'), log });
  const pid = isRunning ? last.pid : await spawnServer(binary, configFile, logFile);
  writeState(stateFile, { pid, port }); // before it is up: a second server on the same store would ruin it
  await untilOpen({ port, pid, logFile, withinMs });
  if (isChanged) await reloadServer(pid, logFile);
  log(`nats: ${isRunning ? 'taken over' : 'started'}, pid ${pid}, port ${port}`);
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    pid,
    seedFile: anyone?.seedFile,
    /** Lets other users in from now on. The server drops the connections of those that are no longer listed. */
    reload: async (list) => {
      writeFileSync(configFile, configOf(list), { mode: 0o600 });
      await reloadServer(pid, logFile);
    },
    stop: () => stopPid(pid, 'SIGTERM'),
  };
}
