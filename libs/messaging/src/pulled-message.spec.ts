import { describe, expect, it } from '@jest/globals';
import { headers, type Msg } from '@nats-io/nats-core';
import { PulledMessage } from './pulled-message.ts';

const SHORT = '$JS.ACK.STREAM.consumer.3.17.5.1760000000123456789.4';
const LONG = '$JS.ACK.domain.account.STREAM.consumer.3.17.5.1760000000123456789.4.random';

function pull(reply: string, over: Partial<Msg> = {}): { message: PulledMessage; answers: string[] } {
  const answers: string[] = [];
  const respond = (answer: unknown): boolean => answers.push(String(answer)) > 0;
  const raw = { subject: 'zt.x', reply, data: Buffer.from('body'), headers: undefined, respond };
  Object.defineProperties(raw, Object.getOwnPropertyDescriptors(over));
  return { message: new PulledMessage(raw as unknown as Msg), answers };
}

describe('a message that was pulled', () => {
  it.each([SHORT, LONG])('knows its delivery from %s', (reply) => {
    const { message } = pull(reply);
    expect(message).toMatchObject({ deliveries: 3, sequence: 17, storedAtNanos: 1_760_000_000_123_456_789n, damage: undefined });
  });

  it('counts its headers as a part of its size', () => {
    const all = headers();
    all.set('Age-Ms', '12345');
    expect(pull(SHORT, { headers: all }).message).toMatchObject({ bytes: 4 + 6 + 5, headers: new Map([['Age-Ms', '12345']]) });
  });

  it('can be read when its headers can not, and says why', () => {
    const { message } = pull(SHORT, {
      get headers(): never {
        throw new Error("' ' is not a valid character in a header name");
      },
    });
    expect(message.headers.size).toBe(0);
    expect(message.damage).toContain('not a valid character');
  });

  it('is answered once, and is not worked on after that', () => {
    const { message, answers } = pull(SHORT);
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
  const { message, answers } = pull(SHORT);
  settle(message);
  return answers;
}
