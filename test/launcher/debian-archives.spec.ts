import { describe, expect, it } from '@jest/globals';
import { parseArchives } from '../../scripts/infra/debian-archives.mjs';

const listed = (...uris: string[]): string => uris.map((uri) => `'${uri}' name_of_the_list 0 \n`).join('');

describe('parseArchives', () => {
  it('finds the archive once, and leaves the one for security updates out', () => {
    const printed = listed(
      'http://mirror.example/debian/dists/bookworm/InRelease',
      'http://mirror.example/debian/dists/bookworm-updates/InRelease',
      'http://mirror.example/debian-security/dists/bookworm-security/InRelease',
      'http://mirror.example/debian/dists/bookworm/main/binary-amd64/Packages.xz',
    );
    expect(parseArchives(printed)).toEqual(['http://mirror.example/debian']);
  });

  it.each([
    ['a list of mirrors', 'mirror+file:/etc/apt/mirrors/debian.list'],
    ['a proxy with a path of its own', 'https://proxy.example:8443/remote/debian-all'],
    ['a disc', 'file:/srv/debian'],
  ])('takes %s', (_what, archive) => {
    expect(parseArchives(listed(`${archive}/dists/trixie/InRelease`))).toEqual([archive]);
  });

  it('leaves other distributions and vendors out', () => {
    const printed = listed(
      'https://packages.example/ubuntu/dists/noble/InRelease',
      'https://vendor.example/node_20.x/dists/nodistro/InRelease',
    );
    expect(parseArchives(printed)).toEqual([]);
  });

  it('keeps the order of several, to be tried one after another', () => {
    const printed = listed('http://a.example/debian/dists/sid/InRelease', 'http://b.example/linux/debian/dists/sid/InRelease');
    expect(parseArchives(printed)).toEqual(['http://a.example/debian', 'http://b.example/linux/debian']);
  });

  it('finds nothing where apt prints nothing', () => {
    expect(parseArchives('')).toEqual([]);
  });
});
