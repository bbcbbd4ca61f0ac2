import { describe, expect, it } from '@jest/globals';
import { splitIntoPassages } from './documents.ts';

describe('splitIntoPassages', () => {
  it('makes a passage of each paragraph, under the title of the document', () => {
    const markdown = '# On apples\n\nThey grow\non trees.\n\n## More\n\nThey fall.\n';
    expect(splitIntoPassages('apples', markdown)).toEqual([
      { id: 'apples#1', document: 'apples', title: 'On apples', text: 'They grow on trees.' },
      { id: 'apples#2', document: 'apples', title: 'On apples', text: 'They fall.' },
    ]);
  });

  it('takes the name of a document that has no title', () => {
    expect(splitIntoPassages('pears', 'Pears.')).toEqual([{ id: 'pears#1', document: 'pears', title: 'pears', text: 'Pears.' }]);
  });
});
