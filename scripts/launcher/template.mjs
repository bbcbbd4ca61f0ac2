import { readFileSync } from 'node:fs';

/** Fills `${NAME}` in a template. A name without a value is a mistake in the template, and not an empty string. */
export function renderTemplate(file, values) {
  return readFileSync(file, 'utf8').replaceAll(/\$\{([A-Z][A-Z0-9_]*)\}/g, (_match, name) => {
    const value = values[name];
    if (value === undefined)
      throw new Error(`${file}: nothing is known of \${${name}}; there are ${Object.keys(values).join(', ')}`);
    return String(value);
  });
}
