import { describe, expect, it } from '@jest/globals';
import { assertSupportedServer } from './server-version.ts';

describe('assertSupportedServer', () => {
  it.each(['2.10.0', '2.10.27', '2.11.0-RC.1', '3.0.0'])('accepts version %s with JetStream', (version) => {
    expect(() => assertSupportedServer({ version, jetstream: true })).not.toThrow();
  });

  it.each(['2.9.25', '1.99.0', 'unknown', ''])('refuses version "%s"', (version) => {
    expect(() => assertSupportedServer({ version, jetstream: true })).toThrow(`it is version ${version}`);
  });

  it('refuses a server without JetStream', () => {
    expect(() => assertSupportedServer({ version: '2.10.0' })).toThrow('JetStream is not enabled');
  });
});
