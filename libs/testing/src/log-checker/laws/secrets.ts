import type { CheckFrame, LogRecord, TableRow } from '../evidence.ts';
import { type Law, violation } from '../law.ts';

/**
 * `secret-found`: what was planted as a secret stands nowhere: in no event and not beside one, in no read model, and in no other
 * table that was searched. A violation tells which of them it is, and not what it says.
 */
export function createSecretLaw({ options: { secrets = [] }, readModels, secretPlaces }: CheckFrame): Law {
  for (const secret of secrets)
    if (JSON.stringify(secret) !== `"${secret}"`) throw new RangeError('a secret that JSON writes otherwise would not be found');
  const findIn = (text: string): number[] => secrets.flatMap((secret, index) => (text.includes(secret) ? [index + 1] : []));
  const searchEvent = ({ stream, payload, metadata }: LogRecord): number[] =>
    secrets.length === 0 ? [] : [...new Set([payload, metadata, stream].flatMap(findIn))];
  const searchRows = (rows: readonly TableRow[]): number[] => [...new Set(rows.flatMap((row) => findIn(JSON.stringify(row))))];

  return {
    observe: (record) =>
      searchEvent(record).map((number) =>
        violation('secret-found', `secret ${number} stands in ${record.type}`, {
          positions: [record.position],
          ids: [record.stream],
        }),
      ),
    finish() {
      const inReadModels = Object.entries(readModels).flatMap(([name, rows]) =>
        (secrets.length === 0 ? [] : searchRows(rows ?? [])).map((number) => ({ name, number })),
      );
      const places = [...inReadModels, ...secretPlaces.map(({ table, number }) => ({ name: table, number }))];
      return places.map(({ name, number }) => violation('secret-found', `secret ${number} stands in ${name}`, { ids: [name] }));
    },
  };
}
