/** A measured value at a time. */
export interface Point {
  readonly atHours: number;
  readonly value: number;
}

export interface Trend {
  /** Median of the slopes between all pairs of points, per hour. */
  readonly slope: number;
  /** Ends of its interval of 95 %. */
  readonly lower: number;
  readonly upper: number;
}

/** Of the standard normal distribution, two-sided, for 95 %. */
const Z = 1.96;
/** Of fewer, Sen's interval has no ends among the slopes: the smallest one would be taken for the lower. */
export const FEWEST_POINTS = 6;
/** All pairs of more than these would be millions of slopes; of more, as many are taken at even distances. */
const MOST_POINTS = 1_500;

/**
 * The Theil–Sen estimator with Sen's interval, which outliers don't move (P. K. Sen, "Estimates of the regression coefficient based on
 * Kendall's tau", J. Am. Stat. Assoc. 63, 1968).
 *
 * @returns undefined where there are fewer than six times
 */
export function computeTrend(all: readonly Point[]): Trend | undefined {
  const points = thin(all);
  const slopes = points
    .flatMap((from, index) =>
      points.slice(index + 1).flatMap((to) => {
        const hours = to.atHours - from.atHours;
        return hours === 0 ? [] : [(to.value - from.value) / hours];
      }),
    )
    .toSorted((one, other) => one - other);
  const count = points.length;
  if (new Set(points.map(({ atHours }) => atHours)).size < FEWEST_POINTS) return undefined;
  const spread = Z * Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  const at = (rank: number): number => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(rank)))] ?? Number.NaN;
  return {
    slope: (at(Math.floor((slopes.length - 1) / 2)) + at(Math.ceil((slopes.length - 1) / 2))) / 2,
    lower: at((slopes.length - spread) / 2 - 1),
    upper: at((slopes.length + spread) / 2),
  };
}

function thin(points: readonly Point[]): readonly Point[] {
  const step = Math.max(1, points.length / MOST_POINTS);
  return Array.from({ length: Math.ceil(points.length / step) }, (_, n) => points[Math.floor(n * step)]).flatMap(
    (point) => point ?? [],
  );
}
