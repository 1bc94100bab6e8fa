import { shanghaiInstant } from '../../../domain/shared/legal-date';
import { demonstrationUnit } from '../demonstration-units';
import type { CityHolder } from './city-people';
import { staffOf } from './city-staff';
import { contentOf } from './planned-faces';
import {
  businessNumberOf,
  type PlannedIssuance,
  type PlannedType,
  SHORT_NAMES,
  TYPES,
} from './planned-issuance';

export type RequestBody = Readonly<Record<string, unknown>> & {
  readonly businessNumber: string;
  readonly face: Readonly<Record<string, unknown>>;
};

const LICENCES: ReadonlySet<PlannedType> = new Set([
  'roadTransport',
  'roadBusiness',
  'construction',
  'food',
  'hygiene',
]);

/** The request as the unit's system or operator sends it. */
export function requestOf(planned: PlannedIssuance): RequestBody {
  const unit = demonstrationUnit(planned.unitKey);
  const businessNumber = businessNumberOf(planned);
  const isLicence = LICENCES.has(planned.type);
  const content = contentOf(planned);
  return {
    catalogCode: TYPES[planned.type],
    businessNumber,
    decidedAt: shanghaiInstant(planned.decidedAt.getTime()),
    decision: isLicence
      ? {
          name: '准予行政许可决定书',
          number: `鄂演许〔${planned.decidedOn.slice(0, 4)}〕${SHORT_NAMES[planned.type]}${planned.index}号`,
          date: planned.decidedOn,
          organ: unit.name,
        }
      : null,
    holders: content.holders.map((holder, _, all) => ({
      kind: holder.kind,
      name: holder.name,
      codeType: holder.code === '' ? null : holder.codeType,
      code: holder.code === '' ? null : holder.code,
      share: planned.type === 'realEstate' && all.length > 1 ? `1/${all.length}` : null,
    })),
    face: { ...content.face, ...planned.face },
    validFrom: planned.validFrom ?? planned.decidedOn,
    validUntil: planned.validUntil === undefined ? content.validUntil : planned.validUntil,
    issuedOn: planned.decidedOn,
    operator: { name: '演示经办', id: staffOf(planned.unitKey, 'operator') },
    agent: agentOf(content.holders),
    acceptingAuthority: null,
    attachments: [],
    callbackUrl: null,
  };
}

function agentOf(holders: readonly CityHolder[]): { readonly name: string; readonly id: string } | null {
  const guardian = holders.find((holder) => holder.guardian !== null)?.guardian;
  return guardian === undefined || guardian === null ? null : { name: guardian, id: '监护人' };
}
