import { legalDate } from '../../shared/legal-date';
import type { CatalogDefinition } from '../catalog-entry';
import { MINISTRY_OF_TRANSPORT } from './defining-authorities';
import {
  certificateNumber,
  issueDate,
  issuingOrgan,
  LICENCE_NUMBER_MESSAGE,
  LICENCE_NUMBER_PATTERN,
  text,
  validityPeriod,
} from './face-fields';

/** 道路运输经营许可证: the licence of the business itself, four years. */
export const ROAD_TRANSPORT_BUSINESS_LICENCE: CatalogDefinition = {
  code: '11100000000019713D008',
  name: '道路运输经营许可证',
  definingAuthority: MINISTRY_OF_TRANSPORT,
  issuingAuthority: '交通运输主管部门或行政审批局',
  standardLevel: 'national',
  catalogueClass: 'certificate',
  publicity: 'public',
  ingestionStartsOn: legalDate('2022-10-01'),
  handling: 'issue',
  trade: 'transport',
  administrativeLicence: true,
  periodicInspection: false,
  serviceItems: [],
  holderKinds: ['legalPerson', 'unincorporated'],
  holders: { several: false, shares: 'none', withoutCodeAllowed: false, maxHolders: 1 },
  templateCode: '11100000000019713D008',
  validityRule: { kind: 'years', maximumYears: 4, exact: false },
  uniquenessKey: ['许可证号'],
  numberedBy: { by: 'agency', element: '许可证号' },
  reviewPolicy: { kind: 'always' },
  requiredSeals: [{ ordinal: 1, organ: 'issuingAuthority', kind: 'approval' }],
  dependsOn: [{ kind: 'holder', catalogCode: '00000000000000000X002' }],
  notClassifiedDeclaration: null,
  faceSchema: [
    certificateNumber('许可证号', 'XKZH', LICENCE_NUMBER_PATTERN, LICENCE_NUMBER_MESSAGE),
    text('业户名称', 'YHMC', { metadata: 'CZZT', publicOnVerification: true }),
    text('地址', 'DZ', { publicOnVerification: true, mask: 'address' }),
    text('法定代表人', 'FDDBR', { maxLength: 50, mask: 'name' }),
    text('经营范围', 'JYFW', { maxLength: 300, multiline: true, publicOnVerification: true }),
    ...validityPeriod(),
    issuingOrgan('发证机关', 'FZJG'),
    issueDate('发证日期', 'FZRQ'),
  ],
};
