import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * Has a small script run before anything is shown, as a file with a hash in its name: the policy of the page allows no script in
 * it, and modules run too late to keep a light flash from somebody who chose dark.
 */
export function earlyScript({ file }) {
  const source = readFileSync(file, 'utf8');
  const fileName = `assets/early-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.js`;
  return {
    name: 'zantara:early-script',
    apply: 'build',
    buildStart() {
      this.emitFile({ type: 'asset', fileName, source });
    },
    transformIndexHtml: () => [{ tag: 'script', attrs: { src: `/${fileName}` }, injectTo: 'head-prepend' }],
  };
}
