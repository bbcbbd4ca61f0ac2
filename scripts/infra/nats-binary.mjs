import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { listDebianArchives } from './debian-archives.mjs';
import { isRoot, onPath } from './process.mjs';

/** sync_interval, several filter subjects, reasons of terminated messages. */
const OLDEST = [2, 10];
const DEBIAN_SUITE = 'trixie';

const versionOf = (binary) => {
  const { stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  return /v(\d+)\.(\d+)\.(\d+)/
    .exec(stdout ?? '')
    ?.slice(1)
    .map(Number);
};

const isNewEnough = (binary) => {
  const [major = 0, minor = 0] = (binary && versionOf(binary)) || [];
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
};

/** Fetched and checked by apt into a folder of ours: needs no root and installs nothing. */
function fetchFromDebian(work, archive, log) {
  for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(work, folder), { recursive: true });
  const sources = join(work, 'sources.list');
  writeFileSync(sources, `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${archive} ${DEBIAN_SUITE} main\n`);
  const options = [
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${join(work, 'lists')}`,
    `Dir::Cache=${join(work, 'cache')}`,
    ...(isRoot ? ['APT::Sandbox::User=root'] : []),
  ].flatMap((option) => ['-o', option]);
  for (const command of [['update'], ['download', 'nats-server']]) {
    const run = spawnSync('apt-get', ['-qq', ...options, ...command], { cwd: work, encoding: 'utf8' });
    if (run.status === 0) continue;
    log(`nats-server: apt-get ${command[0]} failed: ${(run.stderr ?? '').trim()}`);
    return undefined;
  }
  const archiveFile = readdirSync(work).find((file) => file.startsWith('nats-server_') && file.endsWith('.deb'));
  if (archiveFile === undefined || spawnSync('dpkg-deb', ['-x', join(work, archiveFile), work]).status !== 0) return undefined;
  return join(work, 'usr/sbin/nats-server');
}

function cachedOrFetched(cache, log) {
  const binary = join(cache, 'usr/sbin/nats-server');
  if (existsSync(binary)) return binary;
  if (!onPath('apt-get') || !onPath('dpkg-deb')) return undefined;
  mkdirSync(dirname(binary), { recursive: true });
  // An address that isn't Debian's after all does no harm: apt takes only what Debian has signed.
  return listDebianArchives().some((archive) => fetchInto(binary, archive, log)) ? binary : undefined;
}

/** Whole or not at all, also when two of us fetch it. */
function fetchInto(binary, archive, log) {
  log(`nats-server: fetching it from Debian ${DEBIAN_SUITE}`);
  const work = mkdtempSync(join(dirname(binary), 'fetch-'));
  try {
    const fetched = fetchFromDebian(work, archive, log);
    if (fetched === undefined || !existsSync(fetched)) return false;
    renameSync(fetched, binary);
    return true;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A nats-server that is new enough: NATS_SERVER_BIN, the one on PATH, or Debian's newer one, kept in `cache`. */
export function natsBinary({ cache, log = () => {} }) {
  if (process.env.NATS_SERVER_BIN) return process.env.NATS_SERVER_BIN;
  const found = onPath('nats-server');
  if (isNewEnough(found)) return found;
  const fetched = cachedOrFetched(resolve(cache), log);
  if (isNewEnough(fetched)) return fetched;
  const old = found ? ` (${found} is ${versionOf(found)?.join('.')})` : '';
  throw new Error(
    `nats-server ${OLDEST.join('.')} or newer not found${old}. Install it (brew install nats-server, docker compose up nats, or ` +
      `your distribution's package), set NATS_SERVER_BIN, or set NATS_URL to a running server.`,
  );
}
