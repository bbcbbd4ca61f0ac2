import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A paragraph of a document, which is what is found and shown. */
export interface Passage {
  /** The document and the number of the paragraph in it. */
  readonly id: string;
  readonly document: string;
  readonly title: string;
  readonly text: string;
}

/** Every paragraph of every markdown file in the folder. The first heading is the title of the document. */
export function loadPassages(folder: string): Passage[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.md'));
  return files.toSorted().flatMap((name) => splitIntoPassages(basename(name, '.md'), readFileSync(join(folder, name), 'utf8')));
}

export function splitIntoPassages(document: string, markdown: string): Passage[] {
  const blocks = markdown.split(/\n\s*\n/).map((block) => block.trim().replaceAll(/\s*\n\s*/g, ' '));
  const title = blocks.find((block) => block.startsWith('# '))?.slice(2) ?? document;
  return blocks
    .filter((block) => block !== '' && !block.startsWith('#'))
    .map((text, index) => ({ id: `${document}#${index + 1}`, document, title, text }));
}
