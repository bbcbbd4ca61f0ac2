import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_TEXT_CHARACTERS, redactText } from './redact-text.ts';

const word = fc.stringMatching(/^[A-Za-z0-9]{12,40}$/);
const prose = fc.string({ maxLength: 60 }).map((text) => text.replace(/["'\\]/g, ' '));

/** Text that carries a secret, and the part of it that must not survive. */
const planted: Record<string, fc.Arbitrary<{ text: string; secret: string }>> = {
  'a bearer token': word.map((secret) => ({ text: `Bearer ${secret}`, secret })),
  'basic credentials': word.map((secret) => ({ text: `Basic ${secret}==`, secret })),
  'an authorization header': word.map((secret) => ({ text: `authorization: Custom ${secret}`, secret })),
  'a cookie header': word.map((secret) => ({ text: `Cookie: a=1; theme=dark; id=${secret}`, secret })),
  'a password in a URL': word.map((secret) => ({ text: `postgres://app:${secret}@db.internal:5432/x`, secret })),
  'a password with an @ in a URL': word.map((secret) => ({ text: `amqp://app:p@${secret}@db:5672`, secret })),
  'a key=value password': word.map((secret) => ({ text: `DB_PASSWORD=${secret}`, secret })),
  'a quoted password': word.map((secret) => ({ text: `password: "${secret} with spaces ${secret}"`, secret })),
  'an unclosed quoted password': word.map((secret) => ({ text: `password="${secret} ${secret}`, secret })),
  'a password in JSON': word.map((secret) => ({ text: JSON.stringify({ userPassword: secret }), secret })),
  'a password in JSON in JSON': word.map((secret) => ({ text: JSON.stringify(JSON.stringify({ password: secret })), secret })),
  'an API key by its name': word.map((secret) => ({ text: `x-api-key: ${secret}`, secret })),
  'an API key by its form': fc
    .stringMatching(/^[A-Za-z0-9]{36}$/)
    .map((secret) => ({ text: `used ghp_${secret} for it`, secret })),
  'a JWT': word.map((secret) => ({ text: `eyJhbGciOiJIUzI1NiJ9.${secret}.${secret}`, secret })),
  'an nkey seed': fc.stringMatching(/^[A-Z2-7]{56}$/).map((secret) => ({ text: `seed SU${secret}`, secret })),
  'a private key': word.map((secret) => ({
    text: `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`,
    secret,
  })),
  'a query string': word.map((secret) => ({ text: `GET https://x.test/a?b=${secret}`, secret })),
  'a query without a value': word.map((secret) => ({ text: `https://x.test/a?${secret}`, secret })),
  'an email address': word.map((secret) => ({ text: `${secret}@mail.example.com`, secret })),
  'a card number': fc.constant({ text: 'card 4111 1111 1111 1111 declined', secret: '1111 1111' }),
  'an IPv4 address': fc.constant({ text: 'from 203.0.113.77:4431', secret: '203.0.113.77' }),
  'an IPv6 address': fc.constant({ text: 'from 2001:db8::8a2e:370:7334 today', secret: '370:7334' }),
  'a phone number': fc.constant({ text: 'call +62 812-3456-7890', secret: '3456' }),
};

describe('redactText', () => {
  it.each(Object.keys(planted))('leaves nothing of %s, whatever stands around it', (name) => {
    fc.assert(
      fc.property(planted[name] ?? fc.constant({ text: '', secret: '' }), prose, prose, ({ text, secret }, before, after) => {
        const redacted = redactText(`${before}\n${text}\n${after}`);
        expect(redacted.value).not.toContain(secret);
        expect(redacted.count).toBeGreaterThan(0);
      }),
    );
  });

  it('changes nothing the second time', () => {
    const any = fc.oneof(fc.string(), ...Object.values(planted).map((kind) => kind.map(({ text }) => text)));
    const glue = fc.constantFrom(' ', '\n', '', '=', '": "', '?', '@', '://', 'password=', 'token: ');
    fc.assert(
      fc.property(fc.array(fc.tuple(any, glue), { maxLength: 6 }), (parts) => {
        const once = redactText(parts.flat().join(''));
        expect(redactText(once.value)).toEqual({ value: once.value, count: 0 });
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    'connect ECONNREFUSED 127.0.0.1:5432',
    'Unexpected token \'<\', "<!doctype "... is not valid JSON',
    'unexpected token: identifier',
    'Cannot use import statement outside a module',
    'at Object.<anonymous> (file:///srv/app/dist/main.js:12:34)',
    '018f4e3a-7b1c-7d2e-8f00-123456789012 at 2026-01-01T00:00:00.000Z',
    'took 1767225600000 ms, is that long? Yes',
    'std::vector at 10:20:30',
  ])('keeps what diagnosis needs: %s', (text) => {
    expect(redactText(text)).toEqual({ value: text, count: 0 });
  });

  it('keeps the host of a URL whose password it takes out', () => {
    expect(redactText('postgres://app:hunter2@db.internal:5432/x').value).toBe(
      'postgres://[redacted:credentials]@db.internal:5432/x',
    );
  });

  it('lets the end of a long text come back to those who ask for all of it', () => {
    const text = `${'a line of a log\n'.repeat(2_000)}password=hunter2`;
    expect(redactText(text, Infinity).value).toBe(text.replace('hunter2', '[redacted:secret]'));
  });

  it('cuts a long text off, and never inside a character', () => {
    const redacted = redactText('😀'.repeat(50_000));
    expect(redacted.value.length).toBeLessThanOrEqual(MAX_TEXT_CHARACTERS);
    expect(redacted.value.slice(0, -'[cut]'.length)).toBe('😀'.repeat((redacted.value.length - 5) / 2));
  });

  it.each([
    'a',
    'a@',
    'eyJ-',
    '://',
    'password',
    'password=',
    '1-',
    '1.',
    ':',
    '?',
    '-----BEGIN PRIVATE KEY-----',
    '"',
    'a.',
    '+1 ',
    'basic ',
  ])('stays fast on 60,000 characters of %j', (unit) => {
    const text = unit.repeat(60_000 / unit.length);
    const start = performance.now();
    redactText(text);
    expect(performance.now() - start).toBeLessThan(1_500);
  });
});
