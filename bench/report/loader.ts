import { fileURLToPath } from 'node:url';

/** What Node is to be told so that a program of ours runs from its source. */
export const LOADER = [
  '--disable-warning=ExperimentalWarning',
  '--conditions=source',
  '--import',
  fileURLToPath(new URL('../../scripts/typescript-loader.mjs', import.meta.url)),
];
