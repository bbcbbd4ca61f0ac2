const VARIABLE = /^(# )?([A-Z][A-Z0-9_]*)=(.*)$/;

/**
 * Reads .env.example: `## ` begins a section, comment lines explain the variable below them. A variable that is written out has
 * no default and must be set; one in a comment shows its default, or nothing when there is none.
 */
export function parseEnvironmentExample(text) {
  const sections = [];
  let meaning = [];
  for (const line of text.split('\n')) {
    const variable = VARIABLE.exec(line);
    if (line.startsWith('## ')) {
      sections.push({ title: line.slice(3), variables: [] });
      meaning = [];
    } else if (variable) {
      const [, comment, name, value] = variable;
      sections.at(-1).variables.push({ name, value, isRequired: comment === undefined, meaning: meaning.join(' ') });
      meaning = [];
    } else if (line.startsWith('# ')) meaning.push(line.slice(2));
    else meaning = [];
  }
  return sections;
}
