import { legalDate } from '../../shared/legal-date';
import type { CatalogDefinition } from '../catalog-entry';
import { LOCAL_PLACEHOLDER } from './defining-authorities';
import {
  certificateNumber,
  issueDate,
  issuingOrgan,
  LICENCE_NUMBER_MESSAGE,
  LICENCE_NUMBER_PATTERN,
  text,
  validityPeriod,
} from './face-fields';

/** 公共场所卫生许可证: four years, one per licence number. */
export const PUBLIC_PLACE_HYGIENE_LICENCE: CatalogDefinition = {
  code: '00000000000000000X005',
  name: '公共场所卫生许可证',
  definingAuthority: LOCAL_PLACEHOLDER,
  issuingAuthority: '卫生健康主管部门或行政审批局',
  standardLevel: 'national',
  catalogueClass: 'certificate',
  publicity: 'public',
  ingestionStartsOn: legalDate('2022-10-01'),
  handling: 'issue',
  trade: 'health',
  administrativeLicence: true,
  periodicInspection: false,
  serviceItems: [],
  holderKinds: ['naturalPerson', 'legalPerson', 'unincorporated'],
  holders: { several: false, shares: 'none', withoutCodeAllowed: false, maxHolders: 1 },
  templateCode: '00000000000000000X005',
  validityRule: { kind: 'years', maximumYears: 4, exact: false },
  uniquenessKey: ['许可证号'],
  numberedBy: { by: 'agency', element: '许可证号' },
  reviewPolicy: { kind: 'always' },
  requiredSeals: [{ ordinal: 1, organ: 'issuingAuthority', kind: 'approval' }],
  dependsOn: [{ kind: 'holder', catalogCode: '00000000000000000X002' }],
  notClassifiedDeclaration: null,
  faceSchema: [
    certificateNumber('许可证号', 'XKZH', LICENCE_NUMBER_PATTERN, LICENCE_NUMBER_MESSAGE),
    text('单位名称', 'DWMC', { metadata: 'CZZT', publicOnVerification: true }),
    text('法定代表人', 'FDDBR', { maxLength: 50, mask: 'name' }),
    text('地址', 'DZ', { maxLength: 200, publicOnVerification: true }),
    text('许可项目', 'XKXM', { maxLength: 300, multiline: true, publicOnVerification: true }),
    ...validityPeriod(),
    issuingOrgan('发证机关', 'FZJG'),
    issueDate('发证日期', 'FZRQ'),
  ],
};
