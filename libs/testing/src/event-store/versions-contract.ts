import { describe, expect, it } from '@jest/globals';
import { Upcasters } from '#libs/event-store';
import { buildAppend, buildEvent } from './event-builder.ts';
import type { GetSubject } from './event-store-subject.ts';

export function describeVersions(getSubject: GetSubject): void {
  describe('an event of a schema version that is newer than a reader', () => {
    it('is refused by it, and given to a reader that knows the version', async () => {
      const upcasters = new Upcasters([{ type: 'NewThing', fromVersion: 1, upcast: (data) => data }]);
      const knowing = getSubject().open({ upcasters });
      await knowing.append(buildAppend('newer-1', 'none', [buildEvent({ type: 'NewThing', schemaVersion: 2 })]));
      expect(await knowing.readStream('newer-1')).toMatchObject([{ schemaVersion: 2, data: { n: 1 } }]);
      await expect(getSubject().open().readStream('newer-1')).rejects.toMatchObject({ code: 'unknown-schema-version' });
    });
  });
}
