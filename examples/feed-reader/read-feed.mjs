// Follows the feeds into a file, one event a line. The position is that of the file's last line, so that what was handled and how
// far are one thing: whenever this is killed, and whatever becomes of the servers, nothing is missing there and nothing is twice.
//
//   node examples/feed-reader/read-feed.mjs --seed-file .zantara/keys/feed-reader.nk --nats nats://127.0.0.1:4222 --out feed.ndjson
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';

const { values: options } = parseArgs({
  options: {
    nats: { type: 'string', default: 'nats://127.0.0.1:4222' },
    'seed-file': { type: 'string', default: '.zantara/keys/feed-reader.nk' },
    tenant: { type: 'string', default: 'main' },
    feeds: { type: 'string', default: 'errors,fixes,decisions,services' },
    out: { type: 'string', default: 'feed.ndjson' },
  },
});
const STREAM = `ZT_${options.tenant.replaceAll('-', '_')}_FEED`.toUpperCase();
const subjectOf = (feed) => `zt.${options.tenant}.feed.${feed}`;
const EVERY_FEED = subjectOf('*');
const SUBJECTS = ['errors', 'fixes', 'decisions', 'services'].map(subjectOf);
const wanted = new Set(options.feeds.split(',').map(subjectOf));
/** Asked for at once. */
const PAGE = 64;
const POLL_MS = 1_000;

/** What the file holds; a line that was cut by a kill is taken out. */
function openFile(path) {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole !== text) truncateSync(path, Buffer.byteLength(whole));
  const lines = whole.trimEnd().split('\n');
  const last = whole === '' ? { log_id: '', position: '0' } : JSON.parse(lines.at(-1));
  return { file: openSync(path, 'a'), handled: { logId: last.log_id, position: BigInt(last.position) } };
}

const placeOf = ({ header }) => ({ logId: header.get('Zt-Log-Id'), position: BigInt(header.get('Zt-Position')) });

/** The rule: what is not above the last position of the same log was handled before. Another log begins anew. */
const isNew = ({ logId, position }, last) => logId !== last.logId || position > last.position;

class FeedReader {
  #manager;
  #file;
  #handled;
  /** The last message that was looked at, wanted or not. */
  #seen;

  constructor(manager, { file, handled }) {
    this.#manager = manager;
    this.#file = file;
    this.#handled = handled;
  }

  /** Writes all that is new. */
  async readOn() {
    const newest = await this.#findNewest();
    if (newest === undefined) return;
    let next = (await this.#isWhereItWas()) ? this.#seen.sequence + 1 : await this.#findNext(newest);
    for (; next <= newest.seq; next += PAGE) {
      const count = Math.min(PAGE, newest.seq - next + 1);
      const page = await Promise.all(Array.from({ length: count }, (_, n) => this.#get({ seq: next + n })));
      this.#handle(page.filter((message) => message !== null));
    }
  }

  /** The last message of all feeds. */
  async #findNewest() {
    const lasts = await Promise.all(SUBJECTS.map((subject) => this.#get({ last_by_subj: subject })));
    return lasts.filter((message) => message !== null).toSorted((a, b) => b.seq - a.seq)[0];
  }

  #get(query) {
    return this.#manager.direct.getMessage(STREAM, query);
  }

  /** Whether the stream is still the one that was read so far. It may have lost its end, or have been made anew. */
  async #isWhereItWas() {
    if (this.#seen === undefined) return false;
    const message = await this.#get({ seq: this.#seen.sequence });
    if (message === null) return false;
    const { logId, position } = placeOf(message);
    return logId === this.#seen.logId && position === this.#seen.position;
  }

  /** The first sequence whose message is new, by halving: within a log positions only grow. */
  async #findNext(newest) {
    const { logId } = placeOf(newest);
    const position = this.#handled.logId === logId ? this.#handled.position : 0n;
    const oldest = (await this.#get({ seq: 1, next_by_subj: EVERY_FEED })) ?? newest;
    if (position > 0n && isNew(placeOf(oldest), this.#handled)) {
      process.stderr.write(`some may have expired unread: GET /api/events?after=${position}\n`);
    }
    let [low, high] = [oldest.seq, newest.seq + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const place = placeOf((await this.#get({ seq: middle, next_by_subj: EVERY_FEED })) ?? newest);
      if (place.logId === logId && place.position > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** In one write, so that the file and the position can't part. */
  #handle(messages) {
    let text = '';
    let [handled, seen] = [this.#handled, this.#seen];
    for (const message of messages) {
      const place = placeOf(message);
      seen = { ...place, sequence: message.seq };
      if (!wanted.has(message.subject) || !isNew(place, handled)) continue;
      handled = place;
      text += `${JSON.stringify({ log_id: place.logId, ...message.json() })}\n`;
    }
    if (text !== '') {
      writeSync(this.#file, text);
      fsyncSync(this.#file);
    }
    [this.#handled, this.#seen] = [handled, seen];
  }

  close() {
    closeSync(this.#file);
  }
}

const connection = await connect({
  servers: options.nats,
  authenticator: nkeyAuthenticator(new TextEncoder().encode(readFileSync(options['seed-file'], 'utf8').trim())),
  inboxPrefix: '_INBOX_feed-reader',
  waitOnFirstConnect: true,
  maxReconnectAttempts: -1,
});
let wake = () => {};
connection.subscribe(EVERY_FEED, { callback: () => wake() });
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => ending.abort());

const reader = new FeedReader(await jetstreamManager(connection, { checkAPI: false }), openFile(options.out));
while (!ending.signal.aborted) {
  const woken = new Promise((resolve) => (wake = resolve));
  try {
    await reader.readOn();
  } catch (error) {
    process.stderr.write(`${String(error)}\n`); // tried again: the position is where it was
  }
  await Promise.race([woken, sleep(POLL_MS, undefined, { signal: ending.signal }).catch(() => undefined)]);
}
reader.close();
await connection.close();
