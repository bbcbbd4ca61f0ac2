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
