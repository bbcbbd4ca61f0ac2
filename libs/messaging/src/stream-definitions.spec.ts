import { describe, expect, it } from '@jest/globals';
import { JETSTREAM_STREAMS, jetStreamName } from '#libs/contracts';
import { computeStreamDefinitions } from './stream-definitions.ts';

describe('computeStreamDefinitions', () => {
  const definitions = computeStreamDefinitions('acme');
  const find = (name: string) => definitions.find((definition) => definition.name === name);

  it('defines each stream of the tenant, on subjects of that tenant only', () => {
    expect(definitions.map(({ name }) => name)).toEqual(JETSTREAM_STREAMS.map((stream) => jetStreamName('acme', stream)));
    expect(definitions.flatMap(({ subjects }) => subjects).filter((subject) => !subject.startsWith('zt.acme.'))).toEqual([]);
  });

  it.each(['ZT_ACME_REPORTS', 'ZT_ACME_RESULTS', 'ZT_ACME_COMMANDS'])('lets %s push back when it is full', (name) => {
    expect(find(name)).toMatchObject({
      storage: 'file',
      retention: 'workqueue',
      discard: 'new',
      duplicate_window: 120_000_000_000,
    });
  });

  it('lets nobody take an anchor away', () => {
    expect(find('ZT_ACME_ANCHORS')).toMatchObject({ storage: 'file', retention: 'limits', deny_delete: true, deny_purge: true });
  });

  it('keeps one control state, readable without a consumer', () => {
    expect(find('ZT_ACME_CONTROL')).toMatchObject({ retention: 'limits', max_msgs_per_subject: 1, allow_direct: true });
  });

  it('keeps the feed for a while, for whoever asks, and forgets the oldest of it', () => {
    expect(find('ZT_ACME_FEED')).toMatchObject({ storage: 'file', retention: 'limits', discard: 'old', allow_direct: true });
    expect(find('ZT_ACME_FEED')?.max_age).toBeGreaterThan(0);
    expect(find('ZT_ACME_FEED')?.max_bytes).toBeGreaterThan(0);
  });
});
