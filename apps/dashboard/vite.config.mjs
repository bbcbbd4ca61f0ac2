import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { earlyScript } from './build/early-script.mjs';
import { precompress } from './build/precompress.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  publicDir: false,
  plugins: [earlyScript({ file: here('src/theme/early-theme.js') }), precompress()],
  resolve: { conditions: ['source', 'module', 'browser', 'import', 'default'] },
  build: {
    outDir: here('../../dist/apps/dashboard'),
    emptyOutDir: true,
    // What has light-dark() in its style sheets: all browsers since May 2024.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // The policy of the page allows no data: address.
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
  },
});
