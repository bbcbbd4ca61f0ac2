import MiniSearch from 'minisearch';
import type { Passage } from './documents.ts';

export interface FoundPassage {
  readonly document: string;
  readonly title: string;
  readonly passage: string;
  readonly score: number;
}

const MOST_PASSAGES = 3;

/** Words that stand in every question and tell no document from another. */
const STOP_WORDS = new Set(
  'a an and are as at be been before but by can do does for from had has have how if in into is it its may of on or so that the their them there they this to was were what when where which who whose why will with'.split(
    ' ',
  ),
);

const processTerm = (term: string): string | null => {
  const word = term.toLowerCase();
  return STOP_WORDS.has(word) ? null : word;
};

/** An inverted index over the passages, ranked by BM25. */
export class PassageIndex {
  private readonly search: MiniSearch<Passage>;

  constructor(passages: readonly Passage[]) {
    this.search = new MiniSearch<Passage>({
      fields: ['title', 'text'],
      storeFields: ['document', 'title', 'text'],
      processTerm,
      searchOptions: { boost: { title: 2 }, prefix: (term) => term.length > 3, fuzzy: (term) => term.length > 4 && 0.2 },
    });
    this.search.addAll(passages);
  }

  get size(): number {
    return this.search.documentCount;
  }

  /** The passages that answer best, the best one first. */
  find(question: string): FoundPassage[] {
    return this.search.search(question).flatMap((result, rank) =>
      rank < MOST_PASSAGES
        ? [
            {
              document: String(result['document']),
              title: String(result['title']),
              passage: String(result['text']),
              score: Math.round(result.score * 1000) / 1000,
            },
          ]
        : [],
    );
  }
}
