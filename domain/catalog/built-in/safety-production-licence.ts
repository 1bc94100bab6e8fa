import { legalDate } from '../../shared/legal-date';
import type { CatalogDefinition } from '../catalog-entry';
import { MINISTRY_OF_HOUSING } from './defining-authorities';
import {
  CREDIT_CODE_RULE,
  certificateNumber,
  issueDate,
  issuingOrgan,
  LICENCE_NUMBER_MESSAGE,
  LICENCE_NUMBER_PATTERN,
  text,
  validityPeriod,
} from './face-fields';

/** 建筑施工企业安全生产许可证: issued by the region, collected here. */
export const SAFETY_PRODUCTION_LICENCE: CatalogDefinition = {
  code: '11100000000013338W050',
  name: '建筑施工企业安全生产许可证',
  definingAuthority: MINISTRY_OF_HOUSING,
  issuingAuthority: '自治区住房和城乡建设厅',
  standardLevel: 'national',
  catalogueClass: 'certificate',
  publicity: 'public',
  ingestionStartsOn: legalDate('2022-10-01'),
  handling: 'collect',
  trade: 'housing',
  administrativeLicence: true,
  periodicInspection: false,
  serviceItems: [],
  holderKinds: ['legalPerson'],
  holders: { several: false, shares: 'none', withoutCodeAllowed: false, maxHolders: 1 },
  templateCode: null,
  validityRule: { kind: 'years', maximumYears: 3, exact: false },
  uniquenessKey: ['许可编号'],
  numberedBy: { by: 'agency', element: '许可编号' },
  reviewPolicy: { kind: 'none' },
  requiredSeals: [],
  dependsOn: [{ kind: 'holder', catalogCode: '00000000000000000X002' }],
  notClassifiedDeclaration: null,
  faceSchema: [
    certificateNumber('许可编号', 'XKBH', LICENCE_NUMBER_PATTERN, LICENCE_NUMBER_MESSAGE),
    text('单位名称', 'DWMC', { metadata: 'CZZT', publicOnVerification: true }),
    text('统一社会信用代码', 'TYSHXYDM', {
      ...CREDIT_CODE_RULE,
      metadata: 'CZZTDM',
      publicOnVerification: true,
    }),
    text('主要负责人', 'ZYFZR', { maxLength: 50, mask: 'name' }),
    text('单位地址', 'DWDZ', { maxLength: 200, publicOnVerification: true }),
    text('经济类型', 'JJLX', { maxLength: 40, required: false }),
    text('许可范围', 'XKFW', { maxLength: 200, publicOnVerification: true }),
    issueDate('发证时间', 'FZSJ'),
    ...validityPeriod(),
    issuingOrgan('发证机关', 'FZJG'),
  ],
};
