import { EventFeed } from './event-feed.ts';
import type { FeedMessage } from './feed-message.ts';
import { Seam } from './seam.ts';
import { whileLeading } from './while-leading.ts';

/** A tab lacks what comes after this position. */
interface Ask {
  kind: 'ask';
  after: number;
}

const NAME = 'zantara-log';

/**
 * The log as it grows, by one connection for all tabs: a browser makes only six to a host (HTTP/1.1), and one that stays open is
 * lost for everything else. One tab holds the stream and hands it on. Whoever lacks something asks for it, and the stream begins
 * again from there; the others see some events twice.
 */
export class SharedFeed {
  private readonly channel = new BroadcastChannel(NAME);
  /** Where this tab holds the stream. */
  private feed: EventFeed | undefined;
  private leave: (() => void) | undefined;
  private readonly seam: Seam;

  constructor(
    position: number,
    private readonly listener: (message: FeedMessage) => void,
  ) {
    this.seam = new Seam(position);
  }

  start(): void {
    // A page that comes over plain HTTP from another machine is given no locks: each of its tabs has a stream of its own.
    if (!('locks' in navigator)) {
      this.leave = this.lead();
      return;
    }
    this.channel.onmessage = ({ data }: MessageEvent<FeedMessage | Ask>) => {
      if (data.kind === 'ask') this.feed?.rewind(data.after);
      else this.take(data);
    };
    this.leave = whileLeading(NAME, () => this.lead());
    this.ask();
  }

  stop(): void {
    this.leave?.();
    this.channel.close();
  }

  private lead(): () => void {
    const feed = new EventFeed(this.seam.position, (message) => {
      this.channel.postMessage(message);
      this.take(message);
    });
    this.feed = feed;
    feed.start();
    return () => feed.stop();
  }

  private take(message: FeedMessage): void {
    if (this.seam.accepts(message)) this.listener(message);
    else if (message.kind === 'opened') this.ask();
  }

  private ask(): void {
    this.channel.postMessage({ kind: 'ask', after: this.seam.position } satisfies Ask);
  }
}
