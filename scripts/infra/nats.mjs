import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { natsBinary } from './nats-binary.mjs';
import { computeNatsConfig } from './nats-config.mjs';
import { ensureNkey } from './nkeys.mjs';
import { setTimeout as sleep } from 'node:timers/promises';
import { alive, commandLine, freePort, portOpen, stopPid } from './process.mjs';

const readState = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});

async function spawnServer(binary, configFile, logFile, port) {
  const out = openSync(logFile, 'a');
  const child = spawn(binary, ['-c', configFile], { stdio: ['ignore', out, out], detached: true });
  closeSync(out);
  const died = new Promise((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`nats-server ended with ${code}, see ${logFile}`)));
  });
  died.catch(() => {});
  await Promise.race([portOpen(port), died]);
  child.unref();
  return child.pid;
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
export async function startNats({ dir: given, cache, users, port: wanted = 0, limits = {}, log = () => {} }) {
  const dir = resolve(given);
  mkdirSync(dir, { recursive: true });
  const [stateFile, configFile, logFile] = ['state.json', 'nats.conf', 'nats.log'].map((name) => join(dir, name));
  const anyone = users === undefined ? ensureNkey(join(dir, 'keys'), 'anyone') : undefined;
  const last = readState(stateFile);
  const isRunning = alive(last.pid) && commandLine(last.pid).includes(configFile);
  const port = isRunning ? last.port : await freePort(wanted || last.port);
  const configOf = (list) => computeNatsConfig({ port, storeDir: join(dir, 'jetstream'), users: list, ...limits });
  const config = configOf(users ?? [anyone]);
  const isChanged = !isRunning || readFileSync(configFile, 'utf8') !== config;
  writeFileSync(configFile, config, { mode: 0o600 });

  let pid = last.pid;
  if (!isRunning)
    pid = await spawnServer(natsBinary({ cache: cache ?? join(dir, '../nats-bin'), log }), configFile, logFile, port);
  else if (isChanged) await reloadServer(pid, logFile);
  log(`nats: ${isRunning ? 'taken over' : 'started'}, pid ${pid}, port ${port}`);
  writeFileSync(stateFile, JSON.stringify({ pid, port }));
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
