import { createServer } from 'node:http';
import { serve } from '../../runtime/src/serve.ts';
import { readConfig } from './config.ts';
import { loadPassages } from './documents.ts';
import { createHandler } from './handler.ts';
import { loadNotes } from './notes.ts';
import { PassageIndex } from './passage-index.ts';

/** Answers questions from a few documents. It needs the memory service to start, and not to go on. */
async function start(): Promise<void> {
  const { port, documents_dir: folder, memory_url: memoryUrl, known } = readConfig();
  const notes = await loadNotes(memoryUrl);
  const index = new PassageIndex(loadPassages(folder));
  const traffic = { isDraining: false };
  serve(createServer(createHandler({ index, notes, known }, traffic)), { name: 'rag', port, traffic });
}

start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
