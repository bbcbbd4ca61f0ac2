import Table from 'cli-table3';
import type { Figure } from './figure.ts';
import type { Report } from './report.ts';

const format = (value: number | null): string =>
  value === null ? 'not measured' : value.toLocaleString('en', { maximumFractionDigits: 3 });

const toRow = ({ name, value, unit, reach, holds }: Figure): string[] => [name, format(value), unit, reach, holds ? 'yes' : 'NO'];

/** The report as a person reads it. */
export function renderReport({ command, commit, machine, seed, timeFactor, durationSeconds, figures }: Report): string {
  const table = new Table({
    head: ['figure', 'value', 'unit', 'reach', 'holds'],
    colAligns: ['left', 'right', 'left', 'left', 'left'],
    style: { head: [], border: [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  table.push(...figures.map(toRow));
  const failed = figures.filter(({ holds }) => !holds).length;
  const verdict = failed === 0 ? 'all figures hold' : `${failed} of ${figures.length} figures do not hold`;
  return [
    table.toString(),
    `${command}: ${verdict}; ${durationSeconds.toFixed(0)} s, seed ${seed}, times divided by ${timeFactor}`,
    `commit ${commit}; ${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, Node ${machine.node}`,
  ].join('\n');
}
