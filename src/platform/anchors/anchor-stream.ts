import { anchorSubject, jetStreamName } from '#libs/contracts';
import { type Anchor, formatAnchor, parseAnchor } from '#libs/event-store';
import { type CoreMessage, type NatsLink, readStream, readStreamEnd } from '#libs/messaging';
import type { AnchorPlace } from './anchor-keeper.ts';

/** Anchors as messages of a stream that lets nobody delete one. */
export class AnchorStream implements AnchorPlace {
  readonly name = 'nats';
  private readonly subject: string;
  private readonly stream: string;

  constructor(
    private readonly link: NatsLink,
    tenant: string,
  ) {
    this.subject = anchorSubject(tenant);
    this.stream = jetStreamName(tenant, 'anchors');
  }

  async readLast(): Promise<Anchor | undefined> {
    const { lastMessage } = await readStreamEnd(this.link, this.stream);
    return lastMessage && toAnchor(lastMessage);
  }

  async write(anchor: Anchor): Promise<void> {
    const body = new TextEncoder().encode(formatAnchor(anchor));
    // Two orchestrators note the same head down once.
    await this.link.publish({ subject: this.subject, body, messageId: `${anchor.logId}:${anchor.position}` });
  }
}

/**
 * Every anchor of the stream, from the oldest that it still holds.
 * @throws BrokerUnavailableError
 */
export async function* readAnchorStream(link: NatsLink, tenant: string): AsyncGenerator<Anchor> {
  for await (const message of readStream(link, jetStreamName(tenant, 'anchors'))) {
    const anchor = toAnchor(message);
    if (anchor !== undefined) yield anchor;
  }
}

const toAnchor = ({ data }: Pick<CoreMessage, 'data'>): Anchor | undefined => parseAnchor(new TextDecoder().decode(data));
