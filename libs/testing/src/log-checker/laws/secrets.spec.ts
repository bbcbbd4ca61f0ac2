import { describe, expect, it } from '@jest/globals';
import { checkLog } from '../check-log.ts';
import type { CheckFrame } from '../evidence.ts';
import { HEALED_STORY, tell, type ToldEvent } from '../story-builder.ts';

const SECRETS = ['hunter-two', 's3cr3t'];
const search = (given: Partial<CheckFrame>, ...told: ToldEvent[]): string[] =>
  checkLog(tell([...HEALED_STORY, ...told], { options: { secrets: SECRETS }, ...given }))
    .filter(({ code }) => code === 'secret-found')
    .map(({ sentence }) => sentence);

describe('the law of secrets', () => {
  it('finds a secret in an event, wherever it stands', () => {
    expect(search({})).toEqual([]);
    expect(search({}, ['other', 'Told', { deep: { list: ['is s3cr3t!'] } }])).toEqual(['secret 2 stands in Told']);
    expect(search({}, ['other', 'Told', { 'hunter-two': 's3cr3t' }])).toHaveLength(2);
    expect(search({}, ['of-hunter-two', 'Told'])).toEqual(['secret 1 stands in Told']);
    expect(search({ options: {} }, ['of-hunter-two', 'Told'])).toEqual([]);
  });

  it('finds a secret beside the log, and never says it', () => {
    const { readModels } = tell([]);
    expect(
      search({ readModels: { ...readModels, services: [{ service_id: 'memory', probe_url: 'http://u:s3cr3t@h' }] } }),
    ).toEqual(['secret 2 stands in services']);
    expect(search({ secretPlaces: [{ table: 'errors_g1', number: 1 }] })).toEqual(['secret 1 stands in errors_g1']);
  });

  it('refuses to look for what JSON writes otherwise', () => {
    expect(() => search({ options: { secrets: ['say "it"'] } })).toThrow('JSON writes otherwise');
  });
});
