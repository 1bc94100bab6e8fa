import type { CatalogDefinition } from '../catalog/catalog-entry';
import { diffFaces } from '../catalog/diff-faces';
import type { Face } from '../catalog/face-schema';
import type { IssuanceRequest } from '../issuance/issuance-request';
import { jsonPointer } from '../shared/json-pointer';
import type { LegalDate } from '../shared/legal-date';
import { addDays } from '../shared/legal-date';
import type { Problem } from '../shared/refusals';
import type { VersionChangeKind } from './change-kind';

/** The version that is followed, as it stands in the register. */
export interface PreviousVersion {
  readonly number: string;
  readonly catalogCode: string;
  readonly face: Face;
  readonly validUntil: LegalDate | null;
}

/**
 * Judges a request for a new version against the version it follows. The certificate keeps its type and its number. A
 * version that takes another's place does so on the day it is issued, so only a renewal may begin later, and then on the
 * day after the present period at the latest: the right goes on without a gap. A correction changes something, and no
 * element beside those that it names. `today` is the legal date of receipt.
 */
export function checkNewVersion(
  kind: VersionChangeKind,
  previous: PreviousVersion,
  request: IssuanceRequest,
  definition: Pick<CatalogDefinition, 'numberedBy' | 'faceSchema'>,
  correctedElements: readonly string[],
  today: LegalDate,
): readonly Problem[] {
  if (request.catalogCode !== previous.catalogCode) {
    return [{ pointer: '/catalogCode', code: 'mayNotChange', expected: '变动不得更换证照类型' }];
  }
  return [
    ...numberProblems(previous, request, definition),
    ...periodProblems(kind, previous, request, today),
    ...(kind === 'correct' ? correctionProblems(previous, request, definition, correctedElements) : []),
  ];
}

function numberProblems(
  previous: PreviousVersion,
  request: IssuanceRequest,
  { numberedBy }: Pick<CatalogDefinition, 'numberedBy'>,
): Problem[] {
  if (numberedBy.by === 'register' || request.face[numberedBy.element] === previous.number) return [];
  const pointer = jsonPointer('face', numberedBy.element);
  return [{ pointer, code: 'numberMayNotChange', expected: '证照编号应与原证照一致' }];
}

function periodProblems(
  kind: VersionChangeKind,
  previous: PreviousVersion,
  { validFrom, validUntil }: IssuanceRequest,
  today: LegalDate,
): Problem[] {
  switch (kind) {
    case 'renew': {
      const latest = previous.validUntil === null ? today : addDays(previous.validUntil, 1);
      const problems: Problem[] = [];
      if (validFrom > (latest > today ? latest : today)) {
        const expected = '延续后的有效期应与原有效期衔接，起始日期不得晚于原截止日期的次日';
        problems.push({ pointer: '/validFrom', code: 'leavesAGap', expected });
      }
      if (previous.validUntil !== null && validUntil !== null && validUntil <= previous.validUntil) {
        const expected = '延续后的有效期截止日期应晚于原截止日期';
        problems.push({ pointer: '/validUntil', code: 'notLonger', expected });
      }
      return problems;
    }
    case 'amend':
    case 'correct':
    case 'reissue':
    case 'transferIn':
      if (validFrom <= today) return [];
      return [
        {
          pointer: '/validFrom',
          code: 'leavesAGap',
          expected: '新版本自签发之日起取代原版本，有效期起始日期不得晚于今天',
        },
      ];
    case 'reinstate':
      return [];
  }
}

function correctionProblems(
  previous: PreviousVersion,
  request: IssuanceRequest,
  { faceSchema }: Pick<CatalogDefinition, 'faceSchema'>,
  correctedElements: readonly string[],
): Problem[] {
  if (correctedElements.length === 0) return [];
  const changed = diffFaces(faceSchema, previous.face, request.face).map(({ name }) => name);
  // The day on which the corrected certificate is issued is not what was wrong.
  const issueDates = faceSchema.filter(({ metadata }) => metadata === 'ZZBFRQ').map(({ name }) => name);
  const untouched = correctedElements.flatMap((name, index) =>
    changed.includes(name)
      ? []
      : [
          {
            pointer: jsonPointer('correctedElements', index),
            code: 'notChanged',
            expected: '应为本次更正的照面要素',
          },
        ],
  );
  const unnamed = changed.filter((name) => !correctedElements.includes(name) && !issueDates.includes(name));
  return [
    ...untouched,
    ...unnamed.map((name) => ({
      pointer: jsonPointer('face', name),
      code: 'notNamed',
      expected: '该要素未列入本次更正的要素，不得改动',
    })),
  ];
}
