import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { editHeaders, type NatsFrame, NatsFrameParser } from './nats-frames.ts';

interface Said {
  readonly subject?: string;
  readonly bytes: Buffer;
}

const subject = fc.constantFrom('a', 'a.long.subject.with-a-name', '$JS.ACK.S.c.1.2.3', 'MSG');
const reply = fc.option(fc.constantFrom('_INBOX.abc', 'r'), { nil: undefined });
/** What looks like the protocol, and isn't. */
const payload = fc.oneof(
  fc.uint8Array(),
  fc.constantFrom('\r\n', 'PUB a 3\r\nxyz\r\n', 'PING\r\n', 'MSG a 1 99\r\n', '').map((text) => Buffer.from(text)),
);
const headerBlock = fc.option(fc.constantFrom('NATS/1.0\r\n\r\n', 'NATS/1.0\r\nNats-Msg-Id: 1\r\n\r\n'), { nil: undefined });

const message: fc.Arbitrary<Said> = fc.record({ subject, reply, payload, headerBlock, isToClient: fc.boolean() }).map((one) => {
  const { isToClient, headerBlock: block, payload: body } = one;
  const verb = `${block === undefined ? '' : 'H'}${isToClient ? 'MSG' : 'PUB'}`;
  const head = Buffer.from(block ?? '');
  const sizes = block === undefined ? [body.length] : [head.length, head.length + body.length];
  const words = [verb, one.subject, ...(isToClient ? ['17'] : []), ...(one.reply === undefined ? [] : [one.reply]), ...sizes];
  const bytes = Buffer.concat([Buffer.from(`${words.join(' ')}\r\n`), head, body, Buffer.from('\r\n')]);
  return { subject: one.subject, bytes };
});
const line: fc.Arbitrary<Said> = fc
  .constantFrom(
    'INFO {"server_id":"x"}',
    'CONNECT {"verbose":false}',
    'PING',
    'PONG',
    '+OK',
    "-ERR 'Stale'",
    'SUB a.* 17',
    'UNSUB 17 3',
    'PUB a b c d',
    'PUB a x',
  )
  .map((text) => ({ bytes: Buffer.from(`${text}\r\n`) }));

const describeFrame = ({ subject: name, bytes }: NatsFrame | Said): unknown => [name, bytes.toString('hex')];

describe('the frames of a NATS connection', () => {
  it('are the same however the bytes are cut, and together are the bytes', () => {
    const property = fc.property(fc.array(fc.oneof(message, line)), fc.array(fc.nat()), (said, places) => {
      const bytes = Buffer.concat(said.map((one) => one.bytes));
      const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
      const parser = new NatsFrameParser();
      const frames = cuts.slice(1).flatMap((end, index) => parser.take(bytes.subarray(cuts[index], end)));
      expect(frames.map(describeFrame)).toEqual(said.map(describeFrame));
      expect(Buffer.concat(frames.map((frame) => frame.bytes)).equals(bytes)).toBe(true);
      expect(parser.rest).toHaveLength(0);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('keep what is not whole yet', () => {
    const parser = new NatsFrameParser();
    expect(parser.take(Buffer.from('PUB a 5\r\nab\r\n'))).toEqual([]);
    expect(parser.rest.toString()).toBe('PUB a 5\r\nab\r\n');
    expect(parser.take(Buffer.from('c\r\n')).map(describeFrame)).toHaveLength(1);
  });
});

describe('a message with other headers', () => {
  const rename = (text: string): string => {
    const [frame] = new NatsFrameParser().take(Buffer.from(text));
    if (frame?.subject === undefined) throw new Error('no message');
    return editHeaders(frame, (block) => block.replace(/(Nats-Msg-Id: .*)/, '$1-4')).toString();
  };

  it('is the same but for them and the sizes', () => {
    const block = 'NATS/1.0\r\nage-ms: 0\r\nNats-Msg-Id: one\r\nattempt: 1\r\n\r\n';
    const other = block.replace('one', 'one-4');
    const before = `HPUB a r ${block.length} ${block.length + 4}\r\n${block}body\r\n`;
    expect(rename(before)).toBe(`HPUB a r ${other.length} ${other.length + 4}\r\n${other}body\r\n`);
  });

  it.each(['PUB a 4\r\nbody\r\n', 'PUB a 15\r\nNats-Msg-Id: it\r\n', 'HPUB a 12 12\r\nNATS/1.0\r\n\r\n\r\n'])(
    'is the very same without one: %j',
    (text) => {
      expect(rename(text)).toBe(text);
    },
  );
});
