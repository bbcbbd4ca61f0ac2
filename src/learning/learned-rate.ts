/** How often a strategy worked on a fault, by verdicts of independent checks alone. */
export type LearnedRate = {
  strategy: string;
  /** Verdicts that count. */
  n: number;
  verified: number;
  /** The 95 % interval of verified ÷ n (Wilson 1927). */
  low: number;
  high: number;
};

const Z = 1.959963984540054;

/** @param n above 0 */
export function toLearnedRate(strategy: string, verified: number, n: number): LearnedRate {
  const share = verified / n;
  const centre = share + (Z * Z) / (2 * n);
  const margin = Z * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n));
  const scale = 1 + (Z * Z) / n;
  return { strategy, n, verified, low: Math.max(0, (centre - margin) / scale), high: Math.min(1, (centre + margin) / scale) };
}
