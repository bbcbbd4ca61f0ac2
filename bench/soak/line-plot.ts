import type { Point } from './theil-sen.ts';

export interface Series {
  readonly title: string;
  readonly unit: string;
  readonly points: readonly Point[];
}

const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM] = [900, 170, 70, 28, 22] as const;
const INNER = { width: WIDTH - LEFT - 20, height: HEIGHT - TOP - BOTTOM };

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const round = (value: number): string => value.toFixed(1).replace(/\.0$/, '');

/** Draws values over hours, one panel below the other on one axis of time. Answers an SVG document. */
export function drawPlot(series: readonly Series[]): string {
  const hours = Math.max(...series.flatMap(({ points }) => points.map(({ atHours }) => atHours)), Number.EPSILON);
  const panels = series.map((one, index) => `<g transform="translate(0 ${index * HEIGHT})">${drawPanel(one, hours)}</g>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT * series.length}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
${panels.join('\n')}
</svg>
`;
}

function drawPanel({ title, unit, points }: Series, hours: number): string {
  const most = Math.max(...points.map(({ value }) => value), Number.EPSILON);
  const place = ({ atHours, value }: Point): string =>
    `${round(LEFT + (atHours / hours) * INNER.width)},${round(TOP + INNER.height * (1 - value / most))}`;
  const bottom = TOP + INNER.height;
  return [
    `<text x="${LEFT}" y="18">${escape(title)}</text>`,
    `<path d="M${LEFT} ${TOP}V${bottom}H${LEFT + INNER.width}" fill="none" stroke="#999"/>`,
    `<text x="${LEFT - 6}" y="${TOP + 8}" text-anchor="end">${round(most)} ${escape(unit)}</text>`,
    `<text x="${LEFT - 6}" y="${bottom}" text-anchor="end">0</text>`,
    `<text x="${LEFT + INNER.width}" y="${bottom + 16}" text-anchor="end">${round(hours * 60)} min</text>`,
    `<polyline points="${points.map(place).join(' ')}" fill="none" stroke="#1a6" stroke-width="1.2"/>`,
  ].join('');
}
