import { describe, expect, it } from '@jest/globals';
import { toProblemError } from './problem.errors.ts';

const problem = { detail: 'there is no incident x', code: 'not-found', remediation: 'Look again.', request_id: 'r1' };

describe('toProblemError', () => {
  it.each([
    [400, 2],
    [401, 4],
    [403, 4],
    [404, 3],
    [409, 6],
    [412, 6],
    [418, 1],
    [500, 1],
    [503, 5],
  ])('ends %d with exit code %d', (status, exitCode) => {
    expect(toProblemError('http://x', status, problem)).toMatchObject({
      exitCode,
      code: 'not-found',
      remediation: 'Look again.',
    });
  });

  it('can be tried again only where time may help', () => {
    expect([400, 404, 409, 429, 500, 503].map((status) => toProblemError('http://x', status, problem).retryable)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it('names the request where the fault is on the other side', () => {
    expect(toProblemError('http://x', 500, problem).message).toContain('request r1');
  });

  it('says so when the answer is no problem document', () => {
    expect(toProblemError('http://x', 404, undefined)).toMatchObject({
      code: 'unexpected-answer',
      exitCode: 1,
      retryable: false,
    });
  });

  it.each([502, 503, 504])('takes %d of a proxy for an orchestrator that is away', (status) => {
    expect(toProblemError('http://x', status, '<html>')).toMatchObject({
      code: 'unreachable',
      exitCode: 5,
      retryable: true,
    });
  });
});
