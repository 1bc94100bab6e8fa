import type { Face, FaceField, FaceSchema } from '../catalog/face-schema';
import { LONG_TERM } from '../catalog/face-schema';
import { parseFace } from '../catalog/parse-face';
import type { Holder } from '../certificate/holder';
import { holderOnFace } from '../certificate/holder';
import { accepted } from '../shared/result';
import { characterCount, halfWidth } from '../shared/text-form';
import { fitsInCell, isReadFromRow } from './increment-columns';
import type { IngestedRecord } from './ingested-record';
import { normaliseHolderCode, normaliseNumber } from './normalise-code';
import { normaliseDate } from './normalise-date';
import type { RowReading } from './row-reading';
import { columnOf, isBlankColumn, note } from './row-reading';

/**
 * Out: the face of the row by the rules of its type, the elements that the row says elsewhere filled in; null when it cannot be
 * judged or was refused (then a problem is noted).
 */
export function readRowFace(
  reading: RowReading,
  dates: Pick<IngestedRecord, 'issuedOn' | 'validFrom' | 'validUntil'> | null,
  holders: readonly Holder[] | null,
  number: string | null,
): Face | null {
  // One mistake is one problem: without dates, holders and number the elements bound to them cannot be judged.
  if (dates === null || holders === null) return null;
  if (number === null && !isBlankColumn(reading, 'number')) return null;
  const { definition, authority } = reading.rules;
  const schema = definition.faceSchema.map((field) =>
    fitsInCell(field) ? field : { ...field, required: false },
  );
  const face = parseFace(schema, faceCells(reading, schema), {
    values: {
      ZZMC: definition.name,
      ZZBFJG: authority.name,
      ZZBFJGDM: authority.creditCode,
      ZZBFRQ: dates.issuedOn,
      ZZYXQQSRQ: dates.validFrom,
      ZZYXQJZRQ: dates.validUntil ?? LONG_TERM,
      ...(number === null ? {} : { ZZBH: number }),
    },
    holders: holders.map(holderOnFace),
    assignedLater: [],
  });
  if (face.ok) return face.value;
  for (const problem of face.refusal) note(reading, columnOf(problem.pointer), problem);
  return null;
}

function faceCells({ cells }: RowReading, schema: FaceSchema): Readonly<Record<string, string>> {
  const given: [string, string][] = [];
  for (const field of schema) {
    if (!fitsInCell(field) || isReadFromRow(field)) continue;
    for (const key of [field.name, field.code]) {
      const cell = cells[key];
      if (cell !== undefined) given.push([key, plainCell(field, cell)]);
    }
  }
  return Object.fromEntries(given);
}

/** What of a cell may be made plain before the rule of its element judges it. */
function plainCell(field: FaceField, cell: string): string {
  switch (field.kind) {
    case 'date': {
      const date = halfWidth(cell).trim() === LONG_TERM ? accepted(LONG_TERM) : normaliseDate(cell);
      return date.ok ? date.value : cell;
    }
    case 'number':
      return normaliseNumber(cell);
    case 'enumeration':
      return cell.trim();
    case 'text':
      return field.mask === 'identityNumber' ? normaliseHolderCode(cell) : cell;
    case 'image':
    case 'rows':
      return cell;
  }
}

/** Out: the number of a type whose number the agency gives, which stands on its face under a name of its own; null when it is missing. */
export function numberOnFace(reading: RowReading, face: Face | null): string | null {
  const { numberedBy } = reading.rules.definition;
  if (face === null || numberedBy.by !== 'agency') return null;
  const number = face[numberedBy.element];
  if (typeof number === 'string' && characterCount(number) > 0) return number;
  return note(reading, numberedBy.element, { code: 'missing', expected: `应填写“${numberedBy.element}”` });
}
