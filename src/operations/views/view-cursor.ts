import { z } from 'zod';
import type { View } from '#libs/contracts';
import { InvalidCursorError } from '../../platform/http/http.errors.ts';

const Places = z.array(z.string().max(300)).max(8);

/** Where a page ended: the values of the columns that the list is ordered by. */
export const encodeViewCursor = ({ order }: View, row: Readonly<Record<string, unknown>>): string =>
  Buffer.from(JSON.stringify(order.map((column) => String(row[column])))).toString('base64url');

/** @throws InvalidCursorError */
export function decodeViewCursor({ order, columns }: View, cursor: string): string[] {
  const parsed = Places.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (!parsed.success || parsed.data.length !== order.length) throw new InvalidCursorError();
  const fits = parsed.data.every((place, index) => FORMS[columns[order[index] ?? '']?.kind ?? '']?.test(place) ?? true);
  if (!fits) throw new InvalidCursorError();
  return parsed.data;
}

/** What the database could not read would be an error of ours. */
const FORMS: Readonly<Record<string, RegExp>> = {
  position: /^\d{1,16}$/,
  time: /^\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/,
  day: /^\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])$/,
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
