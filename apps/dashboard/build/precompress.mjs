import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const IS_TEXT = /\.(js|css|svg|html)$/;
/** Below, the headers outweigh what is saved. */
const MIN_BYTES = 1024;
const ENCODINGS = [
  {
    suffix: '.br',
    compress: (bytes) =>
      brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
  },
  { suffix: '.gz', compress: (bytes) => gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }) },
];

/** Compresses what was built once, so that serving it costs nothing. */
export function precompress() {
  return {
    name: 'zantara:precompress',
    apply: 'build',
    writeBundle({ dir }) {
      for (const name of readdirSync(dir, { recursive: true })) {
        if (!IS_TEXT.test(name)) continue;
        const bytes = readFileSync(join(dir, name));
        if (bytes.length < MIN_BYTES) continue;
        for (const { suffix, compress } of ENCODINGS) writeFileSync(join(dir, name + suffix), compress(bytes));
      }
    },
  };
}
