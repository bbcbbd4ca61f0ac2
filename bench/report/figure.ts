/** One measured value and the bar that it has to reach. */
export interface Figure {
  name: string;
  /** `null` when it could not be measured. */
  value: number | null;
  unit: string;
  /** The bar in words, such as `at most 1.5`; `measured` where there is none. */
  reach: string;
  holds: boolean;
}

/** Not a number is not measured. */
type Measured = number | undefined;

function judge(figure: Pick<Figure, 'name' | 'unit' | 'reach'>, value: Measured, isEnough: (value: number) => boolean): Figure {
  const { name, unit, reach } = figure;
  // What could not be measured is a failure, never left out.
  if (value === undefined || !Number.isFinite(value)) return { name, value: null, unit, reach, holds: false };
  return { name, value, unit, reach, holds: isEnough(value) };
}

interface Named {
  name: string;
  unit: string;
}

export const atMost = (named: Named, value: Measured, limit: number): Figure =>
  judge({ ...named, reach: `at most ${limit}` }, value, (measured) => measured <= limit);

export const atLeast = (named: Named, value: Measured, limit: number): Figure =>
  judge({ ...named, reach: `at least ${limit}` }, value, (measured) => measured >= limit);

export const exactly = (named: Named, value: Measured, wanted: number): Figure =>
  judge({ ...named, reach: `exactly ${wanted}` }, value, (measured) => measured === wanted);

/** A figure to know, without a bar. It fails only when it could not be measured. */
export const measured = (named: Named, value: Measured): Figure => judge({ ...named, reach: 'measured' }, value, () => true);
