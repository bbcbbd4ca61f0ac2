import { describe, expect, it } from '@jest/globals';
import { FEEDS } from '#libs/contracts';
import { listFiles } from '../../test/repository/repository-files.ts';
import { EVENT_FEEDS, FED_TYPES, findFeed } from './event-feeds.ts';

const SAMPLES = /^test\/event-samples\/(\w+)\.v\d+\.json$/;

describe('the feeds of events', () => {
  it('every type of the log is in one feed or, on purpose, in none', () => {
    const types = listFiles('test/event-samples').flatMap((path) => SAMPLES.exec(path)?.[1] ?? []);
    expect(Object.keys(EVENT_FEEDS).sort()).toEqual([...new Set(types)].sort());
  });

  it('every feed has something to tell', () => {
    expect(FEEDS.filter((feed) => !FED_TYPES.some((type) => findFeed(type) === feed))).toEqual([]);
  });

  it('a type that the log will only know later is in none', () => {
    expect(findFeed('ThingHappened')).toBeUndefined();
    expect(findFeed('constructor')).toBeUndefined();
  });
});
