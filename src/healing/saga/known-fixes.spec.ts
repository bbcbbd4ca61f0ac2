import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '#libs/event-store';
import { buildCommandedFix, FIX_ID } from '../../../test/builders/fix-builder.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import type { FixEvent } from './fix.events.ts';
import { KnownFixes } from './known-fixes.ts';

/** As the log has them. */
const record = (events: readonly FixEvent[], firstVersion = 1): StoredEvent[] =>
  events.map((event, index) => ({
    ...event,
    id: '01900000-0000-7000-8000-000000000001',
    stream: logStreams.fix(event.data.fix_id),
    version: firstVersion + index,
    position: 100 + firstVersion + index,
    schemaVersion: 1,
    metadata: { actor: 'healing' },
    recordedAt: new Date(0),
  }));

const { events } = buildCommandedFix();

describe('what is known of live fixes', () => {
  it('is what was read of them, in however many pieces and however often', () => {
    const known = new KnownFixes();
    const stored = record(events);
    known.takeIn(stored.slice(0, 2));
    known.takeIn(stored);
    expect(known.find(FIX_ID)).toMatchObject({ version: events.length, state: { state: 'commanded', fixId: FIX_ID } });
  });

  it('is nothing of one whose beginning was not read', () => {
    const known = new KnownFixes();
    known.takeIn(record(events).slice(1));
    expect(known.find(FIX_ID)).toBeUndefined();
  });

  it('stays as it was where something is missing', () => {
    const known = new KnownFixes();
    const stored = record(events);
    known.takeIn([...stored.slice(0, 1), ...stored.slice(2)]);
    expect(known.find(FIX_ID)?.version).toBe(1);
  });

  it('goes on from what was read otherwise, and never back', () => {
    const known = new KnownFixes();
    const stored = record(events);
    const other = new KnownFixes();
    other.takeIn(stored.slice(0, 2));
    const read = other.find(FIX_ID);
    if (read === undefined) throw new Error('nothing was taken in');
    known.note(FIX_ID, read);
    known.takeIn(stored);
    expect(known.find(FIX_ID)?.version).toBe(events.length);
    known.note(FIX_ID, read);
    expect(known.find(FIX_ID)?.version).toBe(events.length);
  });

  it('is forgotten with the end of the fix, and when others were quicker', () => {
    const known = new KnownFixes();
    const end: FixEvent = {
      type: 'FixEscalated',
      data: { fix_id: FIX_ID, incident_id: 'i', strategy: 's', attempts: 1, reason_code: 'attempts-exhausted' },
    };
    known.takeIn(record(events));
    known.takeIn(record([end], events.length + 1));
    expect(known.find(FIX_ID)).toBeUndefined();
    known.takeIn(record(events));
    known.forget();
    expect(known.find(FIX_ID)).toBeUndefined();
  });
});
