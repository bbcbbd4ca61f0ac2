import { describe, expect, it } from '@jest/globals';
import { MsgImpl, type Publisher } from '@nats-io/nats-core/internal';
import { MAX_HEAD_BYTES } from './message-head.ts';
import { PulledMessage } from './pulled-message.ts';

const SHORT = '$JS.ACK.STREAM.consumer.3.17.5.1760000000123456789.4';
const LONG = '$JS.ACK.domain.account.STREAM.consumer.3.17.5.1760000000123456789.4.random';
const SUBJECT = 'zt.ä';
const [START, END, EOL] = ['NATS/1.0', '\r\n', '\r\n'];

/** As the client library makes it: the head and the body in one piece of what the socket brought. */
function build({ reply = SHORT, head = '', body = 'body' }, publisher: Partial<Publisher> = {}): MsgImpl {
  const [subject, replyTo, hdr] = [Buffer.from(SUBJECT), Buffer.from(reply), Buffer.byteLength(head) || -1];
  const bytes = Buffer.from(`before${head}${body}after`).subarray(6, -5);
  return new MsgImpl({ subject, reply: replyTo, sid: 1, hdr, size: bytes.length }, bytes, publisher as Publisher);
}

const pull = (parts: { reply?: string; head?: string; body?: string }): PulledMessage => new PulledMessage(build(parts));
const withLines = (...lines: string[]): { head: string } => withAll(lines);
const withAll = (lines: readonly string[]): { head: string } => ({ head: [START, ...lines, END].join(EOL) });

function record(): { message: PulledMessage; answers: string[] } {
  const answers: string[] = [];
  const publish = (_subject: string, answer: unknown): void => void answers.push(String(answer));
  return { message: new PulledMessage(build({}, { publish })), answers };
}

describe('a message that was pulled', () => {
  it.each([SHORT, LONG])('knows its delivery from %s', (reply) => {
    const delivery = { deliveries: 3, sequence: 17, storedAtNanos: 1_760_000_000_123_456_789n, damage: undefined };
    expect(pull({ reply })).toMatchObject(delivery);
  });

  it('keeps the headers that somebody reads, the first of each', () => {
    const message = pull(
      withLines('Age-Ms: 12 ', 'X-Other:1', 'no colon', 'age-ms:13', 'Age-Ms:14', ':nameless', 'traceparent:a:b'),
    );
    expect([...message.headers]).toEqual([
      ['Age-Ms', '12'],
      ['traceparent', 'a:b'],
    ]);
    expect(message.damage).toBeUndefined();
    expect(Buffer.from(message.data).toString()).toBe('body');
  });

  it('reads them where there is no body', () => {
    expect([...pull({ ...withLines('Attempt:2'), body: '' }).headers]).toEqual([['Attempt', '2']]);
    expect(pull({}).headers.size).toBe(0);
  });

  it.each([
    ['a name that is none', 'bad name:1', '"bad name" is not a header name'],
    ['a name of other letters', 'näme:1', 'is not a header name'],
    ['a value in two lines', 'Age-Ms:1\n2', 'the value of Age-Ms has a line break'],
  ])('can be read when its headers have %s, and says so', (_what, line, damage) => {
    const head = withLines('Attempt:2', line);
    expect(() => build(head).headers).toThrow(); // nor does the client library take it
    const message = pull(head);
    expect(message.headers.size).toBe(0);
    expect(message.damage).toContain(damage);
  });

  it('takes as many bytes of headers as are allowed and not one more', () => {
    const fill = MAX_HEAD_BYTES - withLines('Attempt:2', 'x:').head.length;
    expect(pull(withLines('Attempt:2', `x:${'y'.repeat(fill)}`))).toMatchObject({
      damage: undefined,
      headers: new Map([['Attempt', '2']]),
    });
    const message = pull(withLines('Attempt:2', `x:${'y'.repeat(fill + 1)}`));
    expect(message).toMatchObject({ damage: 'they have 16385 bytes, 16384 are allowed', headers: new Map() });
  });

  it('leaves headers that are too many alone', () => {
    const raw = build(withAll(Array.from({ length: 20_000 }, (_, n) => `${n}:`)));
    Object.defineProperty(raw, 'headers', {
      get: () => {
        throw new Error('the client library reads them in minutes');
      },
    });
    expect(new PulledMessage(raw).damage).toMatch(/^they have \d+ bytes/);
  });

  it.each([
    ['one name again and again', withAll(Array.from({ length: 200_000 }, () => 'a:x'))],
    ['names that are none', withLines('bad name:1')],
    ['names of ours', withLines('Age-Ms:1')],
    ['nothing', {}],
  ])('counts all bytes that it keeps, with %s in its headers', (_what, parts: { head?: string }) => {
    const whole = `${SUBJECT}${SHORT}${parts.head ?? ''}body`;
    expect(pull(parts).bytes).toBe(Buffer.byteLength(whole));
  });

  it('is answered once, and is not worked on after that', () => {
    const { message, answers } = record();
    message.working();
    message.nak(250);
    message.ack();
    message.term('late');
    message.working();
    expect(answers).toEqual(['+WPI', '-NAK {"delay":250000000}']);
    expect(settled((other) => other.term('too-old'))).toEqual(['+TERM too-old']);
    expect(settled((other) => other.nak())).toEqual(['-NAK']);
  });
});

function settled(settle: (message: PulledMessage) => void): string[] {
  const { message, answers } = record();
  settle(message);
  return answers;
}
