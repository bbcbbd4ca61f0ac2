import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { alive, freePort, isProgram, isRoot, onPath, portOpen, stopPid } from './process.mjs';

const MIN_NATS = [2, 10]; // sync_interval, several filter subjects, stream metadata
const natsVersion = (bin) => {
  const r = spawnSync(bin, ['--version'], { encoding: 'utf8' });
  return /v(\d+)\.(\d+)\.(\d+)/
    .exec(r.stdout ?? '')
    ?.slice(1)
    .map(Number);
};
const newEnough = (bin) => {
  const v = bin && natsVersion(bin);
  return v && (v[0] > MIN_NATS[0] || (v[0] === MIN_NATS[0] && v[1] >= MIN_NATS[1]));
};

/** The nats-server of a newer Debian suite, fetched and checked by apt into `dir`: no root needed, nothing installed, the machine's own mirror used. */
function natsFromDebian(dir, suite, log) {
  const bin = join(dir, 'usr/sbin/nats-server');
  if (existsSync(bin)) return bin;
  const targets =
    spawnSync('apt-get', ['indextargets', '--format', '$(ORIGIN) $(SITE)', 'Created-By: Packages'], { encoding: 'utf8' })
      .stdout ?? '';
  const site = targets
    .split('\n')
    .map((l) => l.split(' '))
    .find(([origin, url]) => origin === 'Debian' && url?.endsWith('/debian'))?.[1];
  if (!site) return undefined;
  log(`nats-server: fetching it from Debian ${suite}`);
  for (const d of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(dir, d), { recursive: true });
  const sources = join(dir, 'sources.list');
  writeFileSync(sources, `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${site} ${suite} main\n`);
  const own = [
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${join(dir, 'lists')}`,
    `Dir::Cache=${join(dir, 'cache')}`,
    ...(isRoot ? ['APT::Sandbox::User=root'] : []),
  ].flatMap((o) => ['-o', o]);
  for (const args of [['update'], ['download', 'nats-server']]) {
    const r = spawnSync('apt-get', ['-qq', ...own, ...args], { cwd: dir, encoding: 'utf8' });
    if (r.status !== 0) {
      log(`nats-server: apt-get ${args[0]} failed: ${(r.stderr ?? '').trim()}`);
      return undefined;
    }
  }
  const deb = readdirSync(dir).find((f) => f.startsWith('nats-server_') && f.endsWith('.deb'));
  if (!deb || spawnSync('dpkg-deb', ['-x', join(dir, deb), dir]).status !== 0) return undefined;
  rmSync(join(dir, 'lists'), { recursive: true, force: true });
  return existsSync(bin) ? bin : undefined;
}

export function natsBinary({ cache, log = () => {} }) {
  if (process.env.NATS_SERVER_BIN) return process.env.NATS_SERVER_BIN;
  const found = onPath('nats-server');
  if (newEnough(found)) return found;
  const fetched = onPath('apt-get') && onPath('dpkg-deb') && natsFromDebian(resolve(cache), 'trixie', log);
  if (newEnough(fetched)) return fetched;
  throw new Error(
    `nats-server ${MIN_NATS.join('.')} or newer not found${found ? ` (${found} is ${natsVersion(found)?.join('.')})` : ''}: install it (brew install nats-server, docker compose up nats, or your distribution), set NATS_SERVER_BIN, or set NATS_URL to a running server`,
  );
}

export async function startNats({ dir, cache = join(dir, '../nats-bin'), log = () => {} }) {
  dir = resolve(dir);
  mkdirSync(dir, { recursive: true });
  const stateFile = join(dir, 'state.json');
  if (existsSync(stateFile)) {
    const s = JSON.parse(readFileSync(stateFile, 'utf8'));
    if (alive(s.pid) && isProgram(s.pid, 'nats-server')) {
      log(`nats: re-using pid ${s.pid} on port ${s.port}`);
      return { ...s, stop: async () => {} }; // somebody else's
    }
    rmSync(stateFile);
  }
  const bin = natsBinary({ cache, log });
  const [port, http] = [await freePort(), await freePort()];
  writeFileSync(
    join(dir, 'nats.conf'),
    `server_name: "local"
host: 127.0.0.1
port: ${port}
http: "127.0.0.1:${http}"
max_payload: 1MB
write_deadline: "10s"
jetstream {
  store_dir: "${join(dir, 'jetstream')}"
  max_memory_store: 256MB
  max_file_store: 4GB
}
`,
  );
  const out = openSync(join(dir, 'nats.log'), 'a');
  const child = spawn(bin, ['-c', join(dir, 'nats.conf')], { stdio: ['ignore', out, out], detached: true });
  closeSync(out);
  const died = new Promise((_, no) => {
    child.once('error', no);
    child.once('exit', (c) => no(new Error(`nats-server ended with ${c}, see ${join(dir, 'nats.log')}`)));
  });
  died.catch(() => {});
  await Promise.race([portOpen(port), died]);
  child.unref();
  const s = { pid: child.pid, port, url: `nats://127.0.0.1:${port}`, monitor: `http://127.0.0.1:${http}` };
  writeFileSync(stateFile, JSON.stringify(s));
  log(`nats: pid ${s.pid} port ${port}`);
  return { ...s, stop: () => stopPid(s.pid, 'SIGTERM') };
}
