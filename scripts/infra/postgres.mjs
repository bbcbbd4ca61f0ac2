import { spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { postgresBinaries, postgresUser } from './postgres-binaries.mjs';
import { computeUrls, createRoles, loadPasswords } from './postgres-roles.mjs';
import { alive, allPids, commandLine, isRoot, isZombie, stopPid } from './process.mjs';
import { freePort } from './ports.mjs';

/**
 * Starts PostgreSQL on a data directory, or joins the one that runs there. Safe to call again after any crash.
 * `durable: false` trades all safety of the data for speed, for tests that only need its behaviour.
 */
export async function startPostgres({ dir: place, durable = true, port, log = () => {} }) {
  const dir = resolve(place);
  const data = join(dir, 'data');
  mkdirSync(dir, { recursive: true });
  const isMade = existsSync(join(data, 'PG_VERSION'));
  const passwords = loadPasswords(join(dir, 'passwords.json'), isMade);
  const running = await joinRunning(data, passwords);
  if (running) {
    log(`postgres: re-using pid ${running.pid} on port ${running.port}`);
    return { ...computeUrls(passwords, running.port), ...running, stop: async () => {} }; // somebody else's: it stops with them
  }
  await clearRemains(data, log);
  if (!isMade) initialise({ dir, data, password: passwords.superuser, durable, log });
  const server = await launch({ dir, data, durable, port: port ?? (await freePort()) });
  log(`postgres: pid ${server.pid} port ${server.port}`);
  await createRoles(passwords, server.port);
  return { ...computeUrls(passwords, server.port), ...server, stop: () => stopPid(server.pid, 'SIGINT') };
}

/** Connects to a server that runs already; undefined when there is none, or when it is just going down. */
async function joinRunning(data, passwords) {
  let failure;
  for (let i = 0; i < 600; i++) {
    const running = findRunning(data);
    if (!running) return undefined;
    try {
      if (running.status === 'ready') {
        await createRoles(passwords, running.port); // whoever started it may have died before this
        return { port: running.port, pid: running.pid };
      }
    } catch (error) {
      failure = error;
    }
    await sleep(50);
  }
  throw failure ?? new Error(`the postgres that runs on ${data} does not become ready`);
}

/** The server that runs on these data now. The pid file alone proves nothing: after a crash its pid may be another program's. */
function findRunning(data) {
  const pidFile = readPidFile(data);
  return pidFile && alive(pidFile.pid) && commandLine(pidFile.pid).join(' ').includes(`postgres -D ${data} -p `)
    ? pidFile
    : undefined;
}

function readPidFile(data) {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7]?.trim() };
  } catch {
    return undefined;
  }
}

/**
 * After a kill -9 of the postmaster its children end by themselves, but a new server must not start before. PostgreSQL checks that
 * through the shared memory that postmaster.pid names, so the file stays, unless its pid now belongs to another program.
 */
async function clearRemains(data, log) {
  const orphans = () => processesIn(data);
  const isDying = () => isZombie(readPidFile(data)?.pid); // to PostgreSQL a zombie looks alive
  for (let i = 0; i < 200 && (orphans().length > 0 || isDying()); i++) await sleep(50);
  for (const pid of orphans()) {
    log(`postgres: ending pid ${pid}, left behind by a crash`);
    await stopPid(pid, 'SIGQUIT');
  }
  const pidFile = readPidFile(data);
  if (pidFile && alive(pidFile.pid)) rmSync(join(data, 'postmaster.pid'));
}

/**
 * Every process of a server works in its data directory, and so may somebody's shell. Without /proc nobody is found, and
 * PostgreSQL's own check remains.
 */
function processesIn(data) {
  return allPids().filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === data && basename(readlinkSync(`/proc/${pid}/exe`)).startsWith('postgres');
    } catch {
      return false;
    }
  });
}

function initialise({ dir, data, password, durable, log }) {
  const user = postgresUser();
  const making = `${data}.making`; // renamed when complete, so that a crash leaves no half-made one
  for (const path of [making, data]) rmSync(path, { recursive: true, force: true });
  mkdirSync(making, { recursive: true, mode: 0o700 });
  const secret = join(dir, 'superuser-password');
  writeFileSync(secret, password, { mode: 0o600 });
  if (isRoot) for (const path of [making, secret]) chownSync(path, user.uid, user.gid);
  const t0 = Date.now();
  const args = ['-D', making, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${secret}`, '-E', 'UTF8', '--locale=C.UTF-8'];
  const r = spawnSync(postgresBinaries().initdb, [...args, ...(durable ? [] : ['--no-sync'])], {
    ...user,
    encoding: 'utf8',
    cwd: '/',
  });
  rmSync(secret, { force: true });
  if (r.status !== 0) throw new Error(`initdb failed: ${r.error ?? r.stderr}`);
  renameSync(making, data);
  log(`postgres: initdb ${Date.now() - t0} ms`);
}

async function launch({ dir, data, durable, port }) {
  const out = openSync(join(dir, 'postgres.log'), 'a');
  const flags = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=256MB',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  const child = spawn(postgresBinaries().postgres, ['-D', data, '-p', String(port), ...flags.flatMap((f) => ['-c', f])], {
    ...postgresUser(),
    cwd: '/',
    stdio: ['ignore', out, out],
    detached: true,
  });
  closeSync(out);
  const died = new Promise((_, no) => {
    child.once('error', no);
    child.once('exit', (c) => no(new Error(`postgres ended with ${c}, see ${join(dir, 'postgres.log')}`)));
  });
  died.catch(() => {});
  await Promise.race([ready(data, child.pid), died]);
  child.unref();
  return { port, pid: child.pid };
}

async function ready(data, pid) {
  for (let i = 0; i < 2400; i++) {
    const pidFile = readPidFile(data);
    // the pid too: an old file may still say 'ready'
    if (pidFile?.pid === pid && pidFile.status === 'ready') return;
    await sleep(25);
  }
  throw new Error('postgres did not become ready in 60 s');
}
