import type { CatalogDefinition } from '../catalog/catalog-entry';
import { displayValue } from '../catalog/display-value';
import type { Face } from '../catalog/face-schema';
import { parseFace } from '../catalog/parse-face';
import type { IssuerOnFace } from '../issuance/bound-values';
import { boundValuesOf } from '../issuance/bound-values';
import { readHolders } from '../issuance/compare-record';
import type { IssuanceRequest } from '../issuance/issuance-request';
import { parseLegalDate } from '../shared/legal-date';
import { comparableText } from '../shared/text-form';

const LONGEST_RAW_VALUE = 500;

/** Values in words by element name; an element that is not there is absent. */
export type ValuesInWords = Readonly<Record<string, string>>;

/** The elements of a face in the words in which a certificate prints them. */
export function faceInWords(definition: CatalogDefinition, face: Face): ValuesInWords {
  return Object.fromEntries(
    definition.faceSchema.flatMap((field) => {
      const value = face[field.name];
      return value === undefined ? [] : [[field.name, displayValue(field, value)] as const];
    }),
  );
}

/**
 * What an agency's own record says, element by element in words. The record is what another system answered and is not
 * trusted: one that cannot be read as this type is shown as it stands, cut short, because a person is to judge it.
 */
export function recordedValues(
  definition: CatalogDefinition,
  request: IssuanceRequest,
  issuer: IssuerOnFace,
  record: unknown,
): ValuesInWords {
  const members = asObject(record);
  const face = asObject(members?.['face']);
  if (members === null || face === null) return {};
  const parsed = parseFace(definition.faceSchema, face, boundValuesOf(asRecorded(request, members), issuer));
  return parsed.ok ? faceInWords(definition, parsed.value) : asItStands(definition, face);
}

/** Whether two values in words say the same; white space and width are no difference. Null when one is not known. */
export function agree(left: string | null, right: string | null): boolean | null {
  return left === null || right === null ? null : comparableText(left) === comparableText(right);
}

/** Elements that repeat metadata may be left out of a record, which then says them where the metadata stands. */
function asRecorded(
  request: IssuanceRequest,
  members: Readonly<Record<string, unknown>>,
): Parameters<typeof boundValuesOf>[0] {
  const date = (name: 'validFrom' | 'issuedOn') => {
    const given = members[name];
    const parsed = typeof given === 'string' ? parseLegalDate(given) : null;
    return parsed?.ok === true ? parsed.value : request[name];
  };
  const end = members['validUntil'];
  const validUntil = typeof end === 'string' ? parseLegalDate(end) : null;
  return {
    holders: readHolders(members['holders']) ?? request.holders,
    validFrom: date('validFrom'),
    validUntil: validUntil?.ok === true ? validUntil.value : end === null ? null : request.validUntil,
    issuedOn: date('issuedOn'),
  };
}

function asItStands(definition: CatalogDefinition, face: Readonly<Record<string, unknown>>): ValuesInWords {
  return Object.fromEntries(
    definition.faceSchema.flatMap(({ name, code }) => {
      const value = face[name] ?? face[code];
      return typeof value === 'string' ? [[name, value.slice(0, LONGEST_RAW_VALUE)] as const] : [];
    }),
  );
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}
