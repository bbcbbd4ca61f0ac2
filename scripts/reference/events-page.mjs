import { code, page, table } from './markdown.mjs';

/** One JSON Schema document for the data of all events: `$defs/<Type>.v<version>`. */
export const eventSchemas = (events) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:zantara:schema:events:1',
  title: 'Data of the events in the log',
  $defs: Object.fromEntries(
    events.map(({ type, version, meaning, schema }) => [`${type}.v${version}`, { description: meaning, ...schema }]),
  ),
});

function typeText(schema) {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.type === 'array') return `list of ${typeText(schema.items)}`;
  if (Array.isArray(schema.type)) return schema.type.toSorted().join(' or ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeText).join(' or ');
  return schema.type ?? 'any JSON';
}

function fieldRows(schema, prefix = '') {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const optional = schema.required.includes(name) ? '' : ' (optional)';
    const row = [code(`${prefix}${name}`) + optional, typeText(field), field.description ?? ''];
    const inner = field.type === 'array' ? field.items : field;
    return [row, ...fieldRows(inner, `${prefix}${name}${field.type === 'array' ? '[]' : ''}.`)];
  });
}

const section = ({ type, version, stream, meaning, file, schema }) =>
  [
    `## ${type}`,
    `${meaning}\n\nStream ${code(stream)}, schema version ${version}, declared in [${code(file)}](../../${file}).`,
    table(['Field', 'Type', 'Meaning'], fieldRows(schema)),
  ].join('\n\n');

const INTRODUCTION = `Every fact that the log holds. Positions are dense, from 1 without a gap. Beside its data each event has an id (UUID version 7),
a stream and its version in it, the time at which it was recorded, and metadata: \`actor\` (who did it), \`correlation_id\` (the incident
that it belongs to), \`causation_id\` (the id of the event that caused it) and \`traceparent\`.

[\`events.schema.json\`](events.schema.json) holds the same as JSON Schema. A stored sample of each version is in \`test/event-samples\`.`;

export const eventsPage = (events) =>
  page(
    'Events',
    INTRODUCTION,
    table(
      ['Event', 'Stream', 'Meaning'],
      events.map(({ type, stream, meaning }) => [`[${type}](#${type.toLowerCase()})`, code(stream), meaning]),
    ),
    ...events.map(section),
  );
