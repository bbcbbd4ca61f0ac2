import { describe, expect, it } from '@jest/globals';
import type { TimelineEntry } from '../api/incident.schema.ts';
import type { JsonObject } from '../json.ts';
import { Causes } from './causes.ts';

const AT = '2026-10-01T03:00:00.000Z';

function entry(id: string, type: string, rest: Partial<TimelineEntry> & { data?: JsonObject } = {}): TimelineEntry {
  return {
    position: '1',
    event_id: id,
    stream: 'fix-f',
    version: 1,
    type,
    schema_version: 1,
    recorded_at: AT,
    data: {},
    metadata: {},
    since_opened_ms: 0,
    since_previous_ms: 0,
    caused_by: null,
    ...rest,
  };
}

const set = entry('set', 'TimerSet', {
  version: 1,
  data: { name: 'probe', generation: 2 },
  recorded_at: '2026-10-01T02:59:59.000Z',
});
const fired = entry('fired', 'TimerFired', { version: 2, data: { name: 'probe', generation: 2 } });
const probe = entry('probe', 'ProbeObserved', { version: 3 });
const commanded = entry('commanded', 'FixCommanded', { data: { command_id: 'f.1' }, caused_by: 'gone' });
const result = entry('result', 'ResultReported', { stream: 'report-a', data: { command_id: 'f.1' } });
const acknowledged = entry('acknowledged', 'FixAcknowledged', { caused_by: 'result', recorded_at: '2026-10-01T03:00:01.000Z' });
const report = entry('report', 'ErrorReported', { stream: 'report-a' });

const causes = new Causes([report, commanded, result, acknowledged, set, fired, probe]);

describe('Causes', () => {
  it('finds the recorded cause, in the story or outside of it', () => {
    expect(causes.find(acknowledged)).toEqual({ kind: 'entry', entry: result });
    expect(causes.find(commanded)).toEqual({ kind: 'elsewhere', eventId: 'gone' });
  });

  it('knows that an answer is caused by its command', () => {
    expect(causes.find(result)).toEqual({ kind: 'entry', entry: commanded });
  });

  it('knows that what is stored with a timer is caused by it, and the timer by its setting', () => {
    expect(causes.find(probe)).toEqual({ kind: 'entry', entry: fired });
    expect(causes.find(fired)).toEqual({ kind: 'entry', entry: set });
  });

  it('invents no cause', () => {
    expect(causes.find(report)).toEqual({ kind: 'none' });
  });

  it('takes of several firings the one before, and of equal settings the first', () => {
    const again = entry('again', 'TimerSet', { version: 9, data: { name: 'probe', generation: 2 } });
    const second = entry('second', 'TimerFired', { version: 4, data: { name: 'probe', generation: 2 } });
    const later = entry('later', 'ProbeObserved', { version: 5 });
    const found = new Causes([set, fired, probe, second, later, again]);
    expect([probe, later, second].map((each) => found.find(each))).toEqual(
      [fired, second, set].map((cause) => ({ kind: 'entry', entry: cause })),
    );
  });
});
