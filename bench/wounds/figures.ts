import { atMost, exactly, type Figure, measured } from '../report/figure.ts';
import { median } from '../report/median.ts';
import { MOST_ATTEMPTS, type WoundRound } from './wound-round.ts';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What the rounds of one variant come to. */
export function toFigures(variant: string, rounds: readonly WoundRound[]): Figure[] {
  const named = (name: string, unit: string): { name: string; unit: string } => ({ name: `${variant}: ${name}`, unit });
  const expected = rounds.filter(({ isAsExpected }) => isAsExpected).length;
  const common = [
    exactly(named(`${rounds[0]?.expected ?? 'ended'} as expected`, '% of rounds'), (100 * expected) / rounds.length, 100),
    exactly(named('broken laws of the log', 'violations'), sum(rounds.map(({ violations }) => violations.length)), 0),
    atMost(named('attempts, most', 'commands'), Math.max(...rounds.map(({ attempts }) => attempts)), mostAttempts(rounds)),
    ...toTimes(rounds, named),
  ];
  const lost = sum(rounds.map(({ lostRequests }) => lostRequests));
  return [
    ...common,
    measured(named("users' lost requests, per round", 'requests'), lost / rounds.length),
    measured(
      named("users' requests, per round", 'requests'),
      sum(rounds.map(({ sentRequests }) => sentRequests)) / rounds.length,
    ),
  ];
}

const mostAttempts = (rounds: readonly WoundRound[]): number => (rounds[0]?.expected === 'held' ? 0 : MOST_ATTEMPTS);

type Name = (name: string, unit: string) => { name: string; unit: string };

/** The bars are those of a service that is down, where nothing has to be waited for but the service itself. */
function toTimes(rounds: readonly WoundRound[], named: Name): Figure[] {
  const { variant, expected } = rounds[0] ?? {};
  const figure = (name: string, pick: (round: WoundRound) => number | null, limit: number): Figure => {
    const value = median(rounds.map(pick));
    return variant === 'service-down' ? atMost(named(name, 's'), value, limit) : measured(named(name, 's'), value);
  };
  const toTheEnd = [
    figure('detected, median', ({ detected }) => detected, 1.5),
    measured(named('decided, median', 's'), median(rounds.map(({ decided }) => decided))),
  ];
  if (expected !== 'healed') return [...toTheEnd, figure(`${expected ?? 'ended'}, median`, ({ ended }) => ended, 12)];
  return [
    ...toTheEnd,
    measured(named('answers again, median, seen from outside', 's'), median(rounds.map(({ answersAgain }) => answersAgain))),
    figure('first green own probe, median', ({ firstGreenProbe }) => firstGreenProbe, 4),
    figure('resolved, median', ({ ended }) => ended, 12),
  ];
}
