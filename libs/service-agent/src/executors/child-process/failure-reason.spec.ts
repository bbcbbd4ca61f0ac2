import { describe, expect, it } from '@jest/globals';
import { findFailureReason } from './failure-reason.ts';

describe('findFailureReason', () => {
  it.each([
    ['Error: listen EADDRINUSE: address already in use :::3000', 'port-in-use'],
    ['write ENOSPC', 'disk-full'],
    ['Error: migration failed: relation "x" exists', 'migration-error'],
    ['invalid configuration: PORT must be a port number', 'configuration-error'],
    ['TypeError: x is not a function', undefined],
  ])('reads %s as %s', (line, reason) => {
    expect(findFailureReason(['listening', line])).toBe(reason);
  });
});
