import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#libs/contracts';
import { checkLog } from '../check-log.ts';
import type { CheckFrame, CheckOptions } from '../evidence.ts';
import { fix, HEALED_STORY, incident, slot, tell, timer, type ToldEvent } from '../story-builder.ts';

/** These stories tell of what is done about reports, and not of each of them. */
const check = (story: readonly ToldEvent[], given?: Partial<CheckFrame>): string[] =>
  checkLog(tell(story, given))
    .filter(({ code }) => code !== 'report-uncounted')
    .map(({ code, positions }) => `${code} ${positions.join()}`);

/** The story as it went up to and with the first event of this type. */
function upTo(type: string): ToldEvent[] {
  const last = HEALED_STORY.findIndex(([, told]) => told === type);
  return HEALED_STORY.slice(0, last + 1);
}
const change = (type: string, data: Record<string, unknown>): ToldEvent[] =>
  HEALED_STORY.map(([stream, told, before]) =>
    told === type ? [stream, told, JSON.parse(JSON.stringify({ ...before, ...data }))] : [stream, told, before],
  );

const positionOf = (wanted: string): number => HEALED_STORY.findIndex(([, type]) => type === wanted) + 1;
const sixClean = Array.from({ length: 6 }, () => fix('ProbeObserved', { ok: true }));
const verdict = (told: string): ToldEvent => fix('VerdictReached', { verdict: told });

/** A check of an agent's word. */
const CONFIRMING = [
  fix('FixObserved', { failure_rate_before: 1 }),
  fix('VerificationStarted', { required_clean: 1, because: 'recovered-before-fix' }),
];

describe('the law of fix moves', () => {
  it.each([
    ['a command before the guards were asked', upTo('FixObserved'), fix('FixCommanded', { attempt: 1 })],
    ['a result before a command', upTo('FixGuarded'), fix('FixExecuted')],
    ['a second acknowledgement', upTo('FixAcknowledged'), fix('FixAcknowledged')],
    ['a result of another command', upTo('FixAcknowledged'), fix('FixExecuted', { command_id: 'k-1-1.7' })],
    ['a probe outside a verification', upTo('FixAcknowledged'), fix('ProbeObserved', { ok: true })],
    ['a verdict without a verification', upTo('FixExecuted'), fix('VerdictReached', { verdict: 'recurred' })],
    [
      'a success after a failed check',
      [...upTo('VerificationStarted'), fix('VerdictReached', { verdict: 'recurred' })],
      fix('FixHealed'),
    ],
    ['an escalation of what is healed', upTo('FixHealed'), fix('FixEscalated')],
    ['a timer of what has ended', upTo('FixHealed'), timer('TimerSet', 'probe', 7)],
    ['an event that nobody knows', upTo('FixAcknowledged'), fix('FixImproved')],
    ['an event of another fix', upTo('FixAcknowledged'), fix('FixExecuted', { fix_id: 'k-1-2' })],
    ['a timer of an earlier generation', upTo('ProbeObserved'), timer('TimerFired', 'probe', 1)],
    ['a timer that skips a generation', upTo('ProbeObserved'), timer('TimerSet', 'probe', 3)],
  ])('finds %s', (_what, story, wrong) => {
    expect(check(story).filter((found) => !found.startsWith('command-without-slot') && !found.startsWith('slot-kept'))).toEqual(
      [],
    );
    const found = check([...story, wrong]).filter((line) => line.startsWith('illegal-fix-move'));
    expect(found).toEqual([`illegal-fix-move ${story.length + 1}`]);
  });

  it('lets a fix be given up anywhere when the orchestrator itself can not go on with it, and not after its end', () => {
    const crashed = fix('FixEscalated', { attempts: 1, reason_code: 'handler-crashed' });
    const moves = (story: readonly ToldEvent[]): string[] => check(story).filter((line) => line.startsWith('illegal-fix-move'));
    for (const type of ['FixCommanded', 'FixAcknowledged', 'VerificationStarted'])
      expect(moves([...upTo(type), crashed])).toEqual([]);
    expect(moves([...upTo('FixHealed'), crashed])).toHaveLength(1);
  });

  it.each(['recovered-before-fix', 'recovered-before-retry', 'outcome-unknown', 'a-whim'])(
    'finds a verification because of %s where a result came',
    (because) => {
      expect(check([...upTo('FixExecuted'), fix('VerificationStarted', { required_clean: 2, because })]).at(0)).toBe(
        'illegal-fix-move 17',
      );
    },
  );

  it('lets what recovered by itself be confirmed or withdrawn, without a command', () => {
    expect(check([...CONFIRMING, ...sixClean, verdict('superseded'), fix('FixHealed')])).toEqual([]);
    expect(check([...CONFIRMING, fix('FixWithdrawn')])).toEqual([]);
    expect(check([...CONFIRMING, ...sixClean, verdict('verified')])).toEqual(['illegal-fix-move 9']);
    expect(check([...CONFIRMING, fix('FixEscalated')])).toEqual(['illegal-fix-move 3']);
    expect(check([...upTo('VerificationStarted'), fix('FixWithdrawn')])).toContain('illegal-fix-move 18');
  });

  it('tells a fix that worked from one that was not needed', () => {
    const executed = [...upTo('VerificationStarted'), ...sixClean];
    expect(check([...executed, verdict('superseded')])).toContain(`illegal-fix-move ${executed.length + 1}`);
    const failed = [
      ...upTo('FixAcknowledged'),
      fix('FixAttemptFailed'),
      timer('TimerSet', 'retry'),
      timer('TimerFired', 'retry'),
    ];
    const recovered = [...failed, fix('VerificationStarted', { because: 'recovered-before-retry' }), ...sixClean];
    expect(check([...recovered, verdict('superseded'), fix('FixHealed'), slot('SlotReleased')])).toEqual([]);
    expect(check([...recovered, verdict('inconclusive'), fix('FixEscalated'), slot('SlotReleased')])).toEqual([]);
    expect(check([...recovered, verdict('verified')])).toEqual([`illegal-fix-move ${recovered.length + 1}`]);
  });

  it('lets a further attempt that is held back wait again, but begin only when the guards were asked', () => {
    const failed = [...upTo('FixAcknowledged'), fix('FixAttemptFailed'), timer('TimerSet', 'retry')];
    const held = [...failed, timer('TimerFired', 'retry'), timer('TimerSet', 'retry', 2), timer('TimerFired', 'retry', 2)];
    expect(check([...held, fix('FixGuarded'), fix('FixEscalated'), slot('SlotReleased')])).toEqual([]);
    expect(check([...held, fix('FixCommanded', { attempt: 2 })])).toContain(`illegal-fix-move ${held.length + 1}`);
    // What no guard objects to is commanded in the same append.
    expect(check([...upTo('FixGuarded'), fix('FixEscalated')])).toEqual(['illegal-fix-move 9']);
  });

  it('lets a success be taken back once', () => {
    expect(check([...HEALED_STORY, fix('VerdictRevoked')])).toEqual([]);
    expect(check([...HEALED_STORY, fix('VerdictRevoked'), fix('VerdictRevoked')])).toEqual([
      `illegal-fix-move ${HEALED_STORY.length + 2}`,
    ]);
  });

  describe('when all is quiet', () => {
    const openSagas = (story: readonly ToldEvent[], sinceMs: number, options: CheckOptions): string[] => {
      const { readAtMs } = tell(story);
      return check(story, { readAtMs: readAtMs + sinceMs, options }).filter((line) => line.startsWith('open-saga'));
    };
    const waiting = upTo('FixAcknowledged').concat([timer('TimerSet', 'result')]);
    const quiet = { quiescent: true };

    it('lets a fix wait for a timer that is still to fire', () => {
      expect(openSagas(waiting, 9_000, quiet)).toEqual([]);
      expect(openSagas(HEALED_STORY, 3_600_000, { ...quiet, everyFixEnded: true })).toEqual([]);
    });

    it('finds a fix whose timer is overdue, or is not set, or is not the one that it needs', () => {
      expect(openSagas(waiting, 10_001, quiet)).toEqual(['open-saga 15']);
      expect(openSagas(upTo('FixAcknowledged'), 0, quiet)).toEqual(['open-saga 14']);
      expect(openSagas([...waiting, timer('TimerFired', 'result')], 0, quiet)).toEqual(['open-saga 16']);
      expect(openSagas(upTo('FixExecuted'), 0, quiet)).toEqual(['open-saga 16']);
    });

    it('finds each fix that waits where every fix had time to end', () => {
      expect(openSagas(waiting, 0, { everyFixEnded: true })).toEqual(['open-saga 15']);
      expect(openSagas(waiting, 3_600_000, {})).toEqual([]);
    });

    it('lets a check of a word wait there for its time, and no longer', () => {
      const planned = [...CONFIRMING, timer('TimerSet', 'probe'), timer('TimerSet', 'verification-deadline')];
      expect(openSagas(planned, 9_000, { everyFixEnded: true })).toEqual([]);
      expect(openSagas(planned, 10_001, { everyFixEnded: true })).toEqual([`open-saga ${planned.length}`]);
    });
  });
});

describe('the law of incident moves', () => {
  const next = HEALED_STORY.length + 1;
  it.each([
    ['healing after the end', incident('IncidentHealing', { fix_id: 'k-1-2' })],
    ['an escalation after the end', incident('IncidentEscalated')],
    ['a second resolution', incident('IncidentResolved')],
    ['a count that is not that of its growth', incident('IncidentGrew', { added: 1, count: 4 })],
    ['an episode that is left out', incident('IncidentOpened', { incident_id: 'k-3', episode: 3 })],
    ['an event of an earlier episode', incident('IncidentGrew', { incident_id: 'k-0', added: 1, count: 3 })],
  ])('finds %s', (_what, wrong) => {
    expect(check([...HEALED_STORY, wrong])).toEqual([`illegal-incident-move ${next}`]);
  });

  it('lets late reports in, and a further episode', () => {
    const late = incident('IncidentGrew', { added: 2, count: 4 });
    expect(check([...HEALED_STORY, late, incident('IncidentOpened', { incident_id: 'k-2', episode: 2 })])).toEqual([]);
  });

  it('opens no further episode of what a person has to look at, before somebody says that it is over', () => {
    const escalated = [incident('IncidentOpened', { episode: 1 }), incident('IncidentEscalated')];
    const again = incident('IncidentOpened', { incident_id: 'k-2', episode: 2 });
    expect(check([...escalated, again])).toEqual(['illegal-incident-move 3']);
    expect(check([...escalated, incident('IncidentMitigated'), again])).toEqual([]);
  });

  it('lets the same episode go on when it was said to be over and is not', () => {
    const mitigated = [incident('IncidentOpened', { episode: 1 }), incident('IncidentMitigated')];
    expect(check([...mitigated, incident('IncidentReopened'), incident('IncidentMitigated')])).toEqual([]);
    const again = incident('IncidentOpened', { incident_id: 'k-2', episode: 2 });
    expect(check([...mitigated, again])).toEqual(['illegal-incident-move 3']);
  });
});

describe('the law of slots', () => {
  it('finds a second fix on a held target', () => {
    expect(check([...upTo('SlotReserved'), slot('SlotReserved', { fix_id: 'other' })])).toEqual(['two-live-fixes 12']);
  });

  it('lets the same fix reserve again, and another one when it is free', () => {
    expect(check([...upTo('SlotReserved'), slot('SlotReserved')])).toEqual([]);
    expect(check([...HEALED_STORY, slot('SlotReserved', { fix_id: 'other' })])).toEqual([]);
  });

  it('finds a reservation of another target, and one in the stream of another slot', () => {
    expect(check(change('SlotReserved', { target: 'rag' }))).toContain('command-without-slot 9');
    const elsewhere = HEALED_STORY.map(([stream, type, data]): ToldEvent =>
      type === 'SlotReserved' ? ['slot-rag', type, data] : [stream, type, data],
    );
    expect(check(elsewhere)).toEqual(['command-without-slot 9']);
  });

  it('finds a command that reserves nothing, and an ended fix that releases nothing', () => {
    expect(check(HEALED_STORY.filter(([, type]) => type !== 'SlotReserved'))).toEqual(['command-without-slot 9']);
    expect(check(HEALED_STORY.filter(([, type]) => type !== 'SlotReleased'))).toEqual(['slot-kept 11']);
  });
});

describe('the law of effects', () => {
  const begun = { commandId: 'k-1-1.1', target: 'memory', fencePosition: 9 };
  const checkEffects = (...effects: (typeof begun)[]): string[] =>
    check(HEALED_STORY, { ledgers: [{ agentId: 'agent', effects }] });

  it('accepts one effect of one command', () => {
    expect(checkEffects(begun)).toEqual([]);
  });

  it('finds a command that was begun twice, by one agent or by two', () => {
    expect(checkEffects(begun, begun)).toEqual(['second-effect ']);
    const twins = ['agent', 'twin'].map((agentId) => ({ agentId, effects: [begun] }));
    expect(check(HEALED_STORY, { ledgers: twins })).toEqual(['second-effect ']);
  });

  it('finds an effect of no command, of one for somebody else, and of one that was stored later', () => {
    expect(checkEffects({ ...begun, commandId: 'invented' })).toEqual(['effect-without-command ']);
    expect(checkEffects({ ...begun, target: 'rag' })).toEqual(['effect-without-command ']);
    expect(checkEffects({ ...begun, fencePosition: 8 })).toEqual(['effect-without-command ']);
    expect(check(HEALED_STORY, { ledgers: [{ agentId: 'other', effects: [begun] }] })).toEqual(['effect-without-command ']);
  });
});

describe('the law of resolutions', () => {
  const verdictAt = positionOf('VerdictReached');

  it('counts the clean probes by itself', () => {
    const lastProbe = HEALED_STORY.findLastIndex(([, type]) => type === 'ProbeObserved');
    const dirty = fix('ProbeObserved', { ok: false, clean_in_a_row: 6 });
    expect(check(HEALED_STORY.with(lastProbe, dirty))).toEqual([`resolved-without-verification ${verdictAt}`]);
    // A further verification begins to count anew.
    const again = fix('VerificationStarted', { because: 'executed' });
    expect(check(HEALED_STORY.toSpliced(lastProbe, 0, again))).toContain(`resolved-without-verification ${verdictAt + 1}`);
  });

  describe('takes exposures into account', () => {
    const [first = 0, ...further] = HEALED_STORY.flatMap(([, type], index) => (type === 'ProbeObserved' ? [index] : []));
    const NONE = { total: 0, failed: 0, masked: 0 };
    /** The first probe of six is the only clean one of a fix that is found good after it. */
    const judge = (exposures: JsonObject): string[] => {
      const counted = { others: NONE, own: NONE, counted_by: ['gateway-agent'], ...exposures };
      const skipped = HEALED_STORY.filter((_told, index) => !further.includes(index));
      return check(skipped.with(first, fix('ProbeObserved', { ok: true, exposures: counted })));
    };
    const unverified = [`resolved-without-verification ${verdictAt - further.length}`];

    it('where others have counted them', () => {
      expect(judge({ others: { ...NONE, total: 5 } })).toEqual([]);
      expect(judge({ others: { ...NONE, total: 4 } })).toEqual(unverified);
    });

    it('and none that the agent that fixed has counted', () => {
      expect(judge({ own: { ...NONE, total: 500 } })).toEqual(unverified);
      expect(judge({ others: { ...NONE, total: 500 }, counted_by: ['agent'] })).toEqual(unverified);
    });

    it('and those that failed or were hidden, whoever has counted them', () => {
      expect(judge({ others: { ...NONE, total: 13, failed: 1 } })).toEqual([]);
      expect(judge({ others: { ...NONE, total: 13, failed: 2 } })).toEqual(unverified);
      expect(judge({ others: { ...NONE, total: 13, failed: 1 }, own: { ...NONE, total: 2, failed: 2 } })).toEqual(unverified);
      expect(judge({ others: { ...NONE, total: 500, masked: 1 } })).toEqual(unverified);
    });
  });

  it.each([
    [1, true],
    [0.999, false],
    [0.5, false],
    [0.02, false],
    [0, false],
    [1.5, false],
    [null, false],
  ])('computes by itself how many a failure rate of %s asks for, whatever the verification says', (rate, isEnough) => {
    const story = change('FixObserved', { failure_rate_before: rate });
    expect(check(story)).toEqual(isEnough ? [] : [`resolved-without-verification ${verdictAt}`]);
    for (const required of [0, 1, 300]) expect(check(change('VerificationStarted', { required_clean: required }))).toEqual([]);
  });

  it('finds an incident that is resolved by no verdict, or by one about another incident', () => {
    expect(check([incident('IncidentOpened', { episode: 1 }), incident('IncidentResolved')])).toEqual([
      'resolved-without-verification 2',
    ]);
    expect(check(change('VerdictReached', { verdict: 'verified', incident_id: 'other-1' }))).toEqual([
      `resolved-without-verification ${HEALED_STORY.length}`,
    ]);
  });
});
