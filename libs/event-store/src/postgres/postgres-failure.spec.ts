import { describe, expect, it } from '@jest/globals';
import { DatabaseError } from 'pg';
import { InvalidAppendError } from '../event-store.errors.ts';
import { mapAppendFailure, mapReadFailure } from './postgres-failure.ts';

/** The severity is in the server's language: it must not matter. */
function fromServer(code: string, severity = 'FEHLER'): DatabaseError {
  return Object.assign(new DatabaseError('message of the server', 1, 'error'), { code, severity });
}

describe('a failed append', () => {
  it.each([
    ['an invalid text', fromServer('22021'), 'invalid-append'],
    ['too large an index entry', fromServer('54000'), 'invalid-append'],
    ['a row in the way', fromServer('23505'), 'log-corrupted'],
    ['a full disk', fromServer('53100'), 'append-outcome-unknown'],
    ['a disk that fails in the commit', fromServer('58030', 'PANIK'), 'append-outcome-unknown'],
    ['a bug of the server', fromServer('XX000'), 'append-outcome-unknown'],
    ['a statement whose end is unknown', fromServer('40003'), 'append-outcome-unknown'],
    ['a deadlock', fromServer('40P01'), 'log-unavailable'],
    ['a lock that is not to be had', fromServer('55P03'), 'log-unavailable'],
    ['a read-only server', fromServer('25006'), 'log-unavailable'],
    ['a cancelled statement', fromServer('57014'), 'log-unavailable'],
    ['a missing function', fromServer('42883'), 'log-unavailable'],
    ['a terminated connection', fromServer('57P01'), 'append-outcome-unknown'],
    ['a crashed server', fromServer('57P02'), 'append-outcome-unknown'],
    ['a broken socket', new Error('Connection terminated unexpectedly'), 'append-outcome-unknown'],
  ])('because of %s', (_cause, error, code) => {
    expect(mapAppendFailure(error)).toMatchObject({ code, cause: code === 'log-corrupted' ? undefined : error });
  });

  it('keeps an error of ours as it is', () => {
    const error = new InvalidAppendError('ours');
    expect(mapAppendFailure(error)).toBe(error);
    expect(mapReadFailure(error)).toBe(error);
  });
});

describe('a failed read', () => {
  it.each([fromServer('57P01', 'FATAL'), fromServer('42P01'), new Error('timeout')])('because of %s is an outage', (error) => {
    expect(mapReadFailure(error)).toMatchObject({ code: 'log-unavailable', kind: 'unavailable', cause: error });
  });
});
