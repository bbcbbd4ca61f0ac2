import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CHAIN_START, computeChainHash } from './chain-hash.ts';
import { computeLeafHash, type LeafParts } from './leaf-hash.ts';

const PARTS: LeafParts = {
  stream: 'service-memory',
  id: '0199f0a0-0000-7000-8000-000000000001',
  type: 'ServiceRegistered',
  schemaVersion: 1,
  payload: '{"name":"grüße"}',
  metadata: '{"actor":"test"}',
};

// These values are in logs that exist. If one changes, every stored chain is reported as forged.
const LEAF = 'ea7cdecbfd3a3f62ece3d6bd0fde22f2c187aa6fc9260999fe9b88635155baa1';
const CHAIN = '046dc0cf12e255426d54071a8be41f083faf0e6ee8c9b5c20863d86c1213519e';

describe('leaf hash', () => {
  it('covers the documented bytes', () => {
    const bytes = Buffer.from(
      'service-memory\x000199f0a0-0000-7000-8000-000000000001\x00ServiceRegistered\x001\x00{"name":"grüße"}\x00{"actor":"test"}',
      'utf8',
    );
    const leaf = computeLeafHash(PARTS).toString('hex');
    expect(leaf).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(leaf).toBe(LEAF);
  });

  it.each<Partial<LeafParts>>([
    { stream: 'service-other' },
    { id: '0199f0a0-0000-7000-8000-000000000002' },
    { type: 'ServiceChanged' },
    { schemaVersion: 2 },
    { payload: '{}' },
    { metadata: '{}' },
  ])('changes with %j', (change) => {
    expect(computeLeafHash({ ...PARTS, ...change })).not.toEqual(computeLeafHash(PARTS));
  });
});

describe('chain hash', () => {
  /** 2026-11-29T01:20:48.299Z */
  const time = 1_795_915_248_299_000;
  const link = { position: 7, version: 2, leaf: computeLeafHash(PARTS) };

  it('covers the documented bytes', () => {
    const numbers = Buffer.from('000661601a6bebf8 0000000000000007 0000000000000002'.replaceAll(' ', ''), 'hex');
    const chain = computeChainHash(CHAIN_START, time, [link]).toString('hex');
    expect(chain).toBe(
      createHash('sha256')
        .update(Buffer.concat([Buffer.alloc(32), numbers, link.leaf]))
        .digest('hex'),
    );
    expect(chain).toBe(CHAIN);
  });

  it('depends on the order, on positions, versions, the time and what came before', () => {
    const other = { ...link, position: 8 };
    const hashes = [
      computeChainHash(CHAIN_START, time, [link, other]),
      computeChainHash(CHAIN_START, time, [other, link]),
      computeChainHash(CHAIN_START, time, [link, { ...other, version: 3 }]),
      computeChainHash(Buffer.alloc(32, 1), time, [link, other]),
      computeChainHash(CHAIN_START, time + 1, [link, other]),
      computeChainHash(CHAIN_START, -time, [link, other]),
    ];
    expect(new Set(hashes.map((hash) => hash.toString('hex'))).size).toBe(6);
  });
});
