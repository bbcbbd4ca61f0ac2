const cell = (value) => String(value).replaceAll('|', '\\|').replaceAll('\n', ' ');

/** A Markdown table; an empty cell stays empty. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export const code = (text) => `\`${text}\``;

/** A page: a title, the note that it is generated, and its blocks. */
export const page = (title, ...blocks) =>
  `${[
    `# ${title}`,
    '<!-- Written by scripts/generate-reference.mjs. Change the code, then run `npm run reference`. -->',
    ...blocks,
  ]
    .filter((block) => block !== '')
    .join('\n\n')}\n`;
