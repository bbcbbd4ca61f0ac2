import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { toNewEvent } from './domain-event.ts';
import { upcasters } from './upcasters.ts';

describe('an event that is to be appended', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('has the newest schema version of its type', () => {
    jest.spyOn(upcasters, 'newestVersion').mockImplementation((type) => (type === 'ThingHappened' ? 3 : 1));
    const versions = ['ThingHappened', 'OtherThing'].map(
      (type) => toNewEvent({ type, data: {} }, { actor: 'test' }).schemaVersion,
    );
    expect(versions).toEqual([3, 1]);
  });
});
