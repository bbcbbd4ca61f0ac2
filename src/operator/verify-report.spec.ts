import { describe, expect, it } from '@jest/globals';
import { isVerifyAnswer } from '#libs/contracts';
import type { VerifyReport } from '#libs/event-store';
import { toVerifyAnswer } from './verify-report.ts';

const anchor = { logId: 'log', position: 90, hashVersion: 2, chainHash: 'ab', recordedAt: '2026-11-29T01:20:48.299Z' };
const report: VerifyReport = {
  logId: 'log',
  head: 100,
  chainHash: 'cd',
  events: 100,
  batches: 10,
  streams: 5,
  keys: 20,
  anchors: 3,
  outdatedAnchors: 0,
  foreignAnchors: 0,
  anchored: anchor,
  findings: [],
  more: 0,
};
const measured = { seconds: 0.5, unread: [] };

describe('the answer of verify', () => {
  it('is what the command line expects, with positions as texts', () => {
    const findings = [{ code: 'event-changed' as const, sentence: 's', from: 3, through: 4 }];
    const answer = toVerifyAnswer({ ...report, findings }, measured);
    expect(isVerifyAnswer(answer)).toBe(true);
    expect(answer).toMatchObject({
      is_sound: false,
      head: '100',
      events_per_second: 200,
      anchored: { position: '90', recorded_at: anchor.recordedAt },
      findings: [{ code: 'event-changed', sentence: 's', from: '3', through: '4' }],
    });
  });

  it('says for what no anchor vouches', () => {
    const notesOf = (change: Partial<VerifyReport>): object[] => toVerifyAnswer({ ...report, ...change }, measured).notes;
    expect(notesOf({})).toMatchObject([{ code: 'unanchored', from: '91', through: '100' }]);
    expect(notesOf({ anchored: undefined })).toMatchObject([{ code: 'unanchored', from: '1', through: '100' }]);
    expect(notesOf({ head: 90 })).toEqual([{ code: 'unanchored', sentence: expect.stringContaining('cut off'), from: '91' }]);
  });

  it('says that there was another log', () => {
    const { notes } = toVerifyAnswer({ ...report, foreignAnchors: 2 }, measured);
    expect(notes).toContainEqual({ code: 'anchors-foreign', sentence: 'anchors of other logs: 2' });
  });

  it('says that anchors are of another way of hashing', () => {
    const { notes, is_sound: isSound } = toVerifyAnswer({ ...report, outdatedAnchors: 2 }, measured);
    expect(isSound).toBe(true);
    expect(notes).toContainEqual({ code: 'anchors-outdated', sentence: expect.stringMatching(/: 2$/) });
  });

  it('says which anchors it could not read', () => {
    const { notes, is_sound: isSound } = toVerifyAnswer(report, { ...measured, unread: ['NATS: away'] });
    expect(isSound).toBe(true);
    expect(notes).toContainEqual({ code: 'anchors-unread', sentence: 'anchors could not be read from NATS: away' });
  });
});
