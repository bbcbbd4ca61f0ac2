import { describe, expect, it } from '@jest/globals';
import type { Fate } from './forgery.ts';
import { countDue, countExecuted, type Evidence, findFault } from './judge-forgeries.ts';

const nothing: Evidence = {
  results: [],
  givenUp: new Map(),
  started: new Set(),
  good: new Set(),
  restarts: 0,
  counted: 0,
};
const attempt = (fate: Fate) => ({ kind: 'k', messageId: 'm', commandId: 'c', fate });
const untrusted = attempt({ kind: 'untrusted', code: 'bad-signature' });
const refused = attempt({ kind: 'refused', code: 'expired' });
const given = (code: string): Partial<Evidence> => ({ givenUp: new Map([['m', code]]) });
const told = (...codes: string[]): Partial<Evidence> => ({
  results: codes.map((code) => ({ command_id: 'c', phase: 'refused', reason_code: code })),
});
const begun: Partial<Evidence> = { started: new Set(['c']) };

describe('what became of a forgery', () => {
  it.each<[string, ReturnType<typeof attempt>, Partial<Evidence>, string | undefined]>([
    ['untrusted and given up', untrusted, given('bad-signature'), undefined],
    ['untrusted and given up for another reason', untrusted, given('unsigned'), 'unsigned'],
    ['untrusted and never seen', untrusted, {}, 'nothing'],
    ['untrusted and answered', untrusted, { ...given('bad-signature'), ...told('expired') }, 'answered'],
    ['untrusted and begun', untrusted, { ...given('bad-signature'), ...begun }, 'carried out'],
    ['refused', refused, told('expired'), undefined],
    ['refused for another reason', refused, told('rate-limited'), 'rate-limited'],
    ['refused without a word', refused, {}, 'nothing'],
    ['refused and begun', refused, { ...told('expired'), ...begun }, 'carried out'],
    ['replayed and answered', attempt({ kind: 'answered' }), { ...told('a', 'b', 'c'), ...begun }, undefined],
    ['replayed and not answered', attempt({ kind: 'answered' }), told('a', 'b'), 'not answered again'],
    ['sent elsewhere', attempt({ kind: 'elsewhere' }), {}, undefined],
    ['sent elsewhere and given up here', attempt({ kind: 'elsewhere' }), given('other-target'), 'wrong agent'],
  ])('is judged: %s', (_what, one, evidence, fault) => {
    const found = findFault(one, { ...nothing, ...evidence });
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(fault);
  });

  it('counts effects that no good command explains', () => {
    const evidence = { ...nothing, started: new Set(['good', 'c']), good: new Set(['good']), restarts: 3 };
    expect(countExecuted(evidence)).toEqual({ journal: 1, process: 2 });
  });

  it('knows how many the agent must have counted', () => {
    const attempts = [untrusted, refused, attempt({ kind: 'answered' }), attempt({ kind: 'elsewhere' })];
    expect(countDue(attempts, nothing)).toBe(2);
    const forgotten = { ...nothing, ...told('stale-fence', 'stale-fence'), good: new Set(['c']) };
    expect(countDue(attempts, forgotten)).toBe(3);
  });
});
