import { spawnSync } from 'node:child_process';

/** The Debian archives among what `apt-get --print-uris update` prints. Security updates have an archive of their own. */
export function parseArchives(printed) {
  const archives = [...printed.matchAll(/^'([^']+?)\/dists\//gm)].map(([, archive]) => archive);
  return [...new Set(archives)].filter((archive) => archive.includes('debian') && !archive.includes('security'));
}

/** The archives that this machine's apt uses, also where it has never fetched a list: no host is named here. */
export function listDebianArchives() {
  const { stdout } = spawnSync('apt-get', ['--print-uris', 'update'], { encoding: 'utf8' });
  return parseArchives(stdout ?? '');
}
