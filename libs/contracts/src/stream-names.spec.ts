import { describe, expect, it } from '@jest/globals';
import { commandConsumerName, intakeConsumerName, JETSTREAM_STREAMS, jetStreamName } from './stream-names.ts';
import { InvalidNameError } from './subject-names.ts';

describe('stream names', () => {
  it('hold the tenant in capitals, with underscores', () => {
    expect(jetStreamName('main', 'reports')).toBe('ZT_MAIN_REPORTS');
    expect(jetStreamName('balizero-eu', 'control')).toBe('ZT_BALIZERO_EU_CONTROL');
  });

  it('differ for each stream of a tenant', () => {
    expect(new Set(JETSTREAM_STREAMS.map((stream) => jetStreamName('main', stream))).size).toBe(JETSTREAM_STREAMS.length);
  });

  it('of consumers name the agent, or the stream that is taken in', () => {
    expect(commandConsumerName('memory-agent')).toBe('cmd-memory-agent');
    expect(intakeConsumerName('reports')).toBe('intake-reports');
  });

  it('are refused for what is no name', () => {
    expect(() => jetStreamName('a.b', 'reports')).toThrow(InvalidNameError);
    expect(() => commandConsumerName('*')).toThrow(InvalidNameError);
  });
});
