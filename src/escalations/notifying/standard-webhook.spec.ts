import { describe, expect, it } from '@jest/globals';
import { signWebhook } from './standard-webhook.ts';

const secretOf = (text: string): Buffer => Buffer.from(text, 'base64');
const MESSAGE = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', sentAtMs: 1_614_265_330_999, body: '{"test": 2432232314}' };

describe('the signature of a webhook', () => {
  it('is the one that the libraries of Standard Webhooks expect', () => {
    expect(signWebhook(MESSAGE, [secretOf('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')])).toEqual({
      'webhook-id': MESSAGE.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is there once for each secret while one takes the place of another', () => {
    const signed = signWebhook(MESSAGE, [secretOf('b'.repeat(32)), secretOf('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')]);
    const [first = '', second, ...others] = (signed['webhook-signature'] ?? '').split(' ');
    expect(first).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
    expect([second, ...others]).toEqual(['v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=']);
  });
});
