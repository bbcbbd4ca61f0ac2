import { statSync } from 'node:fs';
import { z } from 'zod';
import { HttpUrlSchema, PortSchema, readConfiguration } from '../../runtime/src/configuration-file.ts';

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const RagConfigSchema = z.strictObject({
  port: PortSchema,
  /** Every *.md in it is a document; its name is the document's id. */
  documents_dir: z.string('must be a folder').refine(isFolder, 'must be a folder'),
  memory_url: HttpUrlSchema,
  /** The service is well only while this question leads to this document. */
  known: z.strictObject({
    question: z.string('must be a question').min(1, 'must be a question'),
    document: z.string('must be the id of a document').min(1, 'must be the id of a document'),
  }),
});

export type RagConfig = z.infer<typeof RagConfigSchema>;

export const readConfig = (): RagConfig => readConfiguration(RagConfigSchema);
