/** The head of the log as it was once, noted down outside the database. */
export interface Anchor {
  readonly logId: string;
  /** Last position of the log at that moment, where a batch ended. */
  readonly position: number;
  /** Which way of hashing `chainHash` is of; only that of `CHAIN_HASH_VERSION` can be compared with the chain. */
  readonly hashVersion: number;
  /** Hash of that batch, 64 hexadecimal digits in lower case. */
  readonly chainHash: string;
  /** When that batch was recorded, in ISO 8601 with milliseconds. */
  readonly recordedAt: string;
}

/** One line of JSON, without the end of the line. */
export function formatAnchor({ logId, position, hashVersion, chainHash, recordedAt }: Anchor): string {
  return JSON.stringify({
    log_id: logId,
    position: String(position),
    hash_version: hashVersion,
    chain_hash: chainHash,
    recorded_at: recordedAt,
  });
}

/** Reads such a line; `undefined` where it is none, such as one that a crash has cut off. */
export function parseAnchor(line: string): Anchor | undefined {
  const {
    log_id: logId,
    position: at,
    hash_version: hashVersion = 1, // the first anchors did not say it
    chain_hash: chainHash,
    recorded_at: recordedAt,
  } = parseObject(line);
  const position = typeof at === 'string' && /^[1-9]\d{0,15}$/.test(at) ? Number(at) : Number.NaN;
  if (typeof logId !== 'string' || !Number.isSafeInteger(position) || typeof hashVersion !== 'number') return undefined;
  if (typeof chainHash !== 'string' || !/^[0-9a-f]{64}$/.test(chainHash)) return undefined;
  if (typeof recordedAt !== 'string' || Number.isNaN(Date.parse(recordedAt))) return undefined;
  return { logId, position, hashVersion, chainHash, recordedAt };
}

function parseObject(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
