import { describe, expect, it } from '@jest/globals';
import { isServiceSummary } from '#libs/contracts';
import { UnexpectedAnswerError } from '../cli.errors.ts';
import { parseIncidentDetail, parseLogEvent, parsePage } from './answers.ts';

const url = 'http://x';
const service = {
  service_id: 'memory',
  state: 'healthy',
  since: null,
  pid: null,
  owner_agent: 'a',
  probe_url: 'http://p',
  replicas: 1,
  critical: false,
  autonomy: 'auto',
  depends_on: [],
};

describe('answers', () => {
  it('takes a page of what was asked for, also with members that it does not know', () => {
    const body = { items: [{ ...service, new_member: 1 }], next_cursor: null, position: '7' };
    expect(parsePage({ url, body }, isServiceSummary)).toEqual(body);
  });

  it.each([
    ['no object', 'text'],
    ['no items', { next_cursor: null, position: '7' }],
    ['an item that lacks a member', { items: [{ ...service, state: undefined }], next_cursor: null, position: '7' }],
    ['no position', { items: [], next_cursor: null }],
  ])('refuses %s', (_what, body) => {
    expect(() => parsePage({ url, body }, isServiceSummary)).toThrow(UnexpectedAnswerError);
  });

  it('refuses an incident without its story, and an event that is none', () => {
    expect(() => parseIncidentDetail({ url, body: {} })).toThrow('it is no incident');
    expect(() => parseLogEvent(url, '{}')).toThrow('it is no event');
    expect(() => parseLogEvent(url, '{')).toThrow('it is not JSON');
  });
});
