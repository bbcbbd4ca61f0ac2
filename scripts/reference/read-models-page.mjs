import { code, page, table } from './markdown.mjs';

/** How a kind of column is stored, and how the API answers it. */
const KINDS = {
  text: ['text', 'text'],
  count: ['bigint or integer', 'number'],
  position: ['bigint', 'text'],
  boolean: ['boolean', 'true or false'],
  time: ['timestamptz', 'text, ISO 8601 in UTC'],
  day: ['date', 'text'],
  share: ['double precision', 'number from 0 to 1'],
  json: ['json', 'any'],
  names: ['json or text[]', 'list of texts'],
};

const PASTS = {
  rows: 'Its history is kept',
  positions: 'Rows only come',
  function: 'It is counted as of then',
};

const columnRows = ({ columns }) =>
  Object.entries(columns).map(([name, { kind, about, isRequired }]) => [
    code(name),
    KINDS[kind][0],
    KINDS[kind][1],
    isRequired ? 'never null' : '',
    about,
  ]);

function pastText({ name, past }) {
  if (past === undefined) return 'It tells only of now: `?asOf=` is answered with 501.';
  const answer = `${PASTS[past]}: \`?asOf=\` answers as of a time or a position.`;
  if (past !== 'rows') return answer;
  const versions = `${code(`${name}_history`)} has every version of every row, with ${code('to_pos')}, the position at which it ended, null of the one that holds.`;
  const sample = `SELECT * FROM ${name}_history WHERE from_pos <= 1000 AND (to_pos IS NULL OR to_pos > 1000)`;
  return `${answer} ${versions} As of position 1000: ${code(sample)}.`;
}

const viewBlocks = (view) => [
  `## ${code(view.name)}`,
  view.about,
  `${code(`GET /api/${view.path}`)}, narrowed by ${view.filters.map(code).join(', ')}; listed by ${view.order.map(code).join(', ')}. ${pastText(view)}`,
  table(['Column', 'SQL', 'API', '', 'Meaning'], columnRows(view)),
];

export const readModelsPage = (views, projections) =>
  page(
    'Read models',
    'What the log means, kept up as SQL views that can be joined. The role `zantara_analyst` may read them and nothing else; give a person a role of their own with `GRANT zantara_analyst TO …`. The raw log is `event_log`. Every list comes as JSON, CSV or NDJSON over HTTP (`?format=`), and whole with `zantara export`.',
    'Times are those of the log. A position names an event: join `event_log` by it. Nothing here is estimated; the interval in `fix_success` is computed when it is read.',
    ...views.flatMap(viewBlocks),
    '## For joins and checks',
    table(
      ['View', 'Meaning'],
      [
        [code('event_log'), 'Every event, with its data as `jsonb`.'],
        [code('incident_counts'), 'Incidents in each state, by service: kept up, so that nobody has to count.'],
        [code('error_pattern_services'), 'The rows of `error_patterns` before services are put together.'],
        [code('fix_timers'), 'What fixes wait for; the orchestrator fires them.'],
        [code('projection_generations'), 'How far each read model is, and the digest of its rows.'],
        [code('parked_keys'), 'What a read model leaves alone since an event could not be handled.'],
      ],
    ),
    '## Where they come from',
    table(
      ['Projection', 'Version', 'Tables', 'Events'],
      projections.map(({ name, version, tables, types }) => [
        code(name),
        version,
        tables.map((each) => `${code(each.name)} (${each.kind})`).join(', '),
        types.map(code).join(', '),
      ]),
    ),
  );
