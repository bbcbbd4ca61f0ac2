import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where there is no corpus: one of each kind. */
const BUILT_IN = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "'-alert(1)-'",
  'javascript:alert(1)',
  '<a href="javascript:alert(1)">x</a>',
  '<iframe srcdoc="<script>parent.alert(1)</script>">',
  '</script><script>alert(1)</script>',
  '{{constructor.constructor("alert(1)")()}}',
  '<style>@import "//example.test/x.css";</style>',
  '<base href="//example.test/">',
  '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
  '\u202E<b>gnp.exe',
  '<details open ontoggle=alert(1)>',
  '<form action=//example.test><input type=submit>',
];

/** Strings that have broken pages before, and where they are from. */
export function loadHostileStrings(): { from: string; strings: string[] } {
  const file = join(resolve(process.env['CORPORA_DIR'] ?? '../shared/corpora'), 'xss/xss-payload-list.txt');
  if (!existsSync(file)) return { from: `the ${BUILT_IN.length} built in, as there is no ${file}`, strings: BUILT_IN };
  const lines = readFileSync(file, 'utf8').split('\n');
  const strings = lines.map((line) => line.trim()).filter((line) => line !== '');
  return { from: `the corpus of ${strings.length}`, strings: [...new Set([...BUILT_IN, ...strings])] };
}
