import { atLeast, exactly, type Figure, measured } from '../report/figure.ts';
import type { ReplicasPlan, ReplicasRun } from './run-replicas.ts';

/** Each agent repairs what it is told to. Some are given up all the same: the service failed again, or somebody still said so. */
const LEAST_HEALED_SHARE = 0.8;

export function toFigures(run: ReplicasRun, { sagas }: Pick<ReplicasPlan, 'sagas'>): Figure[] {
  const { lives } = run;
  return [
    atLeast({ name: 'fixes that commanded something', unit: 'fixes' }, lives.sagas, sagas),
    exactly({ name: 'of them ended', unit: 'fixes' }, lives.ended, lives.sagas),
    atLeast({ name: 'of them healed', unit: 'ratio' }, lives.healed / lives.sagas, LEAST_HEALED_SHARE),
    exactly({ name: 'commands beside a live one, by the log', unit: 'commands' }, lives.besideAnother, 0),
    exactly({ name: 'actions beside another one, by the agents', unit: 'actions' }, run.overlaps, 0),
    exactly({ name: 'acted upon with a stale fence', unit: 'actions' }, run.staleActions, 0),
    measured({ name: 'delivered with a stale fence', unit: 'commands' }, run.staleDeliveries),
    measured({ name: 'delivered again', unit: 'commands' }, run.repeatedDeliveries),
    exactly({ name: 'faults that came to no end', unit: 'faults' }, run.givenUp, 0),
    exactly({ name: 'given up as a handler crashed', unit: 'messages and fixes' }, run.quarantined, 0),
    exactly({ name: 'reports without a receipt', unit: 'reports' }, run.unreceipted, 0),
    measured({ name: 'reports sent again', unit: 'reports' }, run.sentAgain),
    exactly({ name: 'broken laws, lost reports among them', unit: 'violations' }, run.violations.length, 0),
    ...toUnrestFigures(run),
    ...toCostFigures(run),
  ];
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

const toUnrestFigures = ({ unrest }: ReplicasRun): Figure[] => [
  measured({ name: 'pauses', unit: 'pauses' }, sum(unrest.map(({ pauses }) => pauses))),
  measured({ name: 'paused in all', unit: 's' }, Math.round(sum(unrest.map(({ pausedMs }) => pausedMs)) / 1_000)),
  measured({ name: 'kills', unit: 'kills' }, sum(unrest.map(({ kills }) => kills))),
  measured({ name: 'stops in order', unit: 'stops' }, sum(unrest.map(({ stops }) => stops))),
];

function toCostFigures({ cost, lives, events }: ReplicasRun): Figure[] {
  if (cost === undefined) return [];
  const perFix = (total: number): number => Math.round((10 * total) / lives.sagas) / 10;
  return [
    measured({ name: 'took', unit: 's' }, Math.round(cost.seconds)),
    measured({ name: 'processor time of all orchestrators', unit: 'ms/fix' }, perFix(cost.orchestratorsMs)),
    measured({ name: 'transactions', unit: '1/fix' }, perFix(cost.commits)),
    measured({ name: 'events', unit: '1/fix' }, perFix(events)),
  ];
}
