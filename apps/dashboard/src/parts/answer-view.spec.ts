import { describe, expect, it } from '@jest/globals';
import { ApiError } from '../api/api-error.ts';
import { viewAnswer } from './answer-view.ts';

const away = new ApiError('away', { kind: 'away', remediation: 'wait' });
const absent = new ApiError('absent', { kind: 'absent', remediation: 'look' });

describe('what is to be seen of an answer', () => {
  it('is the answer, as soon as there is one', () => {
    expect(viewAnswer(undefined, undefined)).toEqual({ kind: 'loading' });
    expect(viewAnswer('old', undefined)).toEqual({ kind: 'shown', value: 'old', outdatedBy: undefined });
  });

  it('is the old one and why it is old, while a new one can not be had', () => {
    expect(viewAnswer('old', away)).toEqual({ kind: 'shown', value: 'old', outdatedBy: away });
    expect(viewAnswer(undefined, away)).toEqual({ kind: 'missing', problem: away });
  });

  it('is nothing of what is not there any more', () => {
    expect(viewAnswer('old', absent)).toEqual({ kind: 'missing', problem: absent });
  });
});
