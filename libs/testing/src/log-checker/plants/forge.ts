import { canonicalJson, type JsonObject } from '#libs/contracts';
import { CHAIN_START, computeChainHash, computeLeafHash } from '#libs/event-store';
import type { AgentLedger, ChainRow, LogEvidence, LogRecord } from '../evidence.ts';
import { parseObject, readObject, readText } from '../fields.ts';
import type { Planted } from './plant.ts';
import { forgeReadModels } from './forge-read-models.ts';

/** The same event with other data. */
export function withData(record: LogRecord, change: (data: JsonObject) => JsonObject): LogRecord {
  return { ...record, payload: canonicalJson(change(parseObject(record.payload) ?? {})) };
}

/** A further event at the end of its stream; the forger gives it its place. */
export const copyOf = (record: LogRecord, change: (data: JsonObject) => JsonObject = (data) => data): LogRecord => ({
  ...withData(record, change),
  id: crypto.randomUUID(),
});

/** A report under another id of its agent. */
export const withReportId = (data: JsonObject, id: string): JsonObject => ({
  ...data,
  error: { ...readObject(data, 'error'), id },
});

/** Numbers positions and versions anew in the order given, as if the log had been written so. */
export function renumber(records: readonly LogRecord[]): LogRecord[] {
  const versions = new Map<string, number>();
  let latestMs = 0;
  return records.map((record, index) => {
    const version = (versions.get(record.stream) ?? 0) + 1;
    versions.set(record.stream, version);
    latestMs = Math.max(latestMs, record.recordedAtMs);
    return { ...record, position: index + 1, version, recordedAtMs: latestMs };
  });
}

/**
 * The evidence of somebody who changes the log and knows how it is protected: leaves, chain, heads, checkpoints, read models and
 * the fences in the ledgers fit what is planted. So only the law that was broken can find it.
 */
export function forge(evidence: LogEvidence, records: readonly LogRecord[]): LogEvidence {
  const chain = chainOf(records);
  const position = Math.max(0, ...records.map((record) => record.position));
  const oldHead = evidence.head.position;
  const checkpoints = new Map(
    [...evidence.checkpoints].map(([name, at]) => [name, at === oldHead ? position : Math.min(at, position)]),
  );
  return {
    ...evidence,
    records,
    chain,
    head: { position, chainHash: chain.at(-1)?.hash ?? CHAIN_START.toString('hex') },
    streamHeads: new Map(records.map(({ stream, version }) => [stream, version])),
    checkpoints,
    readModels: forgeReadModels(evidence.readModels, records, checkpoints),
    ledgers: moveFences(evidence, records),
  };
}

/** One batch for each event, or for those that share a position, at the time of the first of them. */
function chainOf(records: readonly LogRecord[]): ChainRow[] {
  let previousHash = CHAIN_START.toString('hex');
  return groupByPosition(records).map((batch) => {
    const links = batch.map((record) => ({ ...record, leaf: computeLeafHash(record) }));
    const leaves = Buffer.concat(links.map(({ leaf }) => leaf)).toString('hex');
    const { position, recordedAtMs } = batch[0];
    const recordedAtUs = recordedAtMs * 1000;
    const hash = computeChainHash(Buffer.from(previousHash, 'hex'), recordedAtUs, links).toString('hex');
    const row = { firstPosition: position, lastPosition: position, recordedAtUs, previousHash, hash, leaves };
    previousHash = hash;
    return row;
  });
}

function groupByPosition(records: readonly LogRecord[]): [LogRecord, ...LogRecord[]][] {
  const groups: [LogRecord, ...LogRecord[]][] = [];
  for (const record of records) {
    const last = groups.at(-1);
    if (last?.[0].position === record.position) last.push(record);
    else groups.push([record]);
  }
  return groups;
}

function moveFences({ records: before, ledgers }: LogEvidence, after: readonly LogRecord[]): AgentLedger[] {
  const idAt = new Map(before.map(({ position, id }) => [position, id]));
  const positionOf = new Map(after.map(({ position, id }) => [id, position]));
  const move = (position: number): number => positionOf.get(idAt.get(position) ?? '') ?? position;
  return ledgers.map((ledger) => ({
    ...ledger,
    effects: ledger.effects.map((effect) => ({ ...effect, fencePosition: move(effect.fencePosition) })),
  }));
}

/** A member of an event's data, as text. */
export const read = (record: LogRecord, name: string): string => readText(parseObject(record.payload) ?? {}, name);

/** The log with one event more, at its end. */
export const append = (evidence: LogEvidence, record: LogRecord): Planted => ({
  evidence: forge(evidence, renumber([...evidence.records, record])),
  position: evidence.records.length + 1,
});

/** The log with further events right behind one of it; what is planted shows at the last of them. */
export function insertAfter(evidence: LogEvidence, before: LogRecord, ...added: readonly LogRecord[]): Planted {
  const records = evidence.records.toSpliced(evidence.records.indexOf(before) + 1, 0, ...added);
  return { evidence: forge(evidence, renumber(records)), position: before.position + added.length };
}

/** The log without one of its events. */
export const remove = (evidence: LogEvidence, which: LogRecord | undefined): LogEvidence =>
  forge(evidence, renumber(evidence.records.filter((record) => record !== which)));

/** The log with other data in one of its events. */
export const change = (evidence: LogEvidence, which: LogRecord, how: (data: JsonObject) => JsonObject): LogEvidence =>
  forge(
    evidence,
    evidence.records.map((record) => (record === which ? withData(record, how) : record)),
  );

/** The first event that fits, without which nothing can be planted. */
export function findRecord({ records }: LogEvidence, type: string, fits: (record: LogRecord) => boolean = () => true): LogRecord {
  const found = records.find((record) => record.type === type && fits(record));
  if (found === undefined) throw new Error(`the evidence has no such ${type} to plant something in`);
  return found;
}

/** A report of an agent of which nobody knows what it sent, and of the same target; it tells of another fault. */
export function reportOfStranger(evidence: LogEvidence): LogRecord {
  const reported = copyOf(findRecord(evidence, 'ErrorReported'), (data) => ({
    ...data,
    agent_id: 'stranger',
    fingerprint: 'planted',
  }));
  return { ...reported, stream: 'report-stranger' };
}

/** The last command whose target was commanded nothing else, so that what is wrong with it, or from there on, shows once. */
export function findLoneCommand({ records }: LogEvidence): LogRecord {
  const commands = records.filter(({ type }) => type === 'FixCommanded');
  const targets = commands.map((record) => read(record, 'target'));
  const found = commands.findLast((_, index) => targets.filter((target) => target === targets[index]).length === 1);
  if (found === undefined) throw new Error('the evidence has no target that was commanded once');
  return found;
}
