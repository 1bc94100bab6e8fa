import { legalDate } from '../../shared/legal-date';
import type { CatalogDefinition } from '../catalog-entry';
import { MINISTRY_OF_HOUSING } from './defining-authorities';
import {
  CITIZEN_NUMBER_RULE,
  certificateNumber,
  choice,
  date,
  issuingOrgan,
  LICENCE_NUMBER_MESSAGE,
  LICENCE_NUMBER_PATTERN,
  portrait,
  text,
  validityPeriod,
} from './face-fields';

/** 建筑施工特种作业操作资格证书: issued by the region to a person, collected here. */
export const SPECIAL_OPERATIONS_QUALIFICATION: CatalogDefinition = {
  code: '11100000000013338W032',
  name: '建筑施工特种作业操作资格证书',
  definingAuthority: MINISTRY_OF_HOUSING,
  issuingAuthority: '自治区住房和城乡建设厅',
  standardLevel: 'national',
  catalogueClass: 'credential',
  publicity: 'public',
  ingestionStartsOn: legalDate('2022-10-01'),
  handling: 'collect',
  trade: 'housing',
  administrativeLicence: true,
  periodicInspection: false,
  serviceItems: [],
  holderKinds: ['naturalPerson'],
  holders: { several: false, shares: 'none', withoutCodeAllowed: false, maxHolders: 1 },
  templateCode: null,
  validityRule: { kind: 'years', maximumYears: 2, exact: false },
  uniquenessKey: ['编号'],
  numberedBy: { by: 'agency', element: '编号' },
  reviewPolicy: { kind: 'none' },
  requiredSeals: [],
  notClassifiedDeclaration: null,
  faceSchema: [
    certificateNumber('编号', 'BH', LICENCE_NUMBER_PATTERN, LICENCE_NUMBER_MESSAGE),
    text('姓名', 'XM', { maxLength: 50, mask: 'name', metadata: 'CZZT', publicOnVerification: true }),
    choice('性别', 'XB', ['男', '女']),
    text('身份证号', 'SFZH', {
      ...CITIZEN_NUMBER_RULE,
      mask: 'identityNumber',
      metadata: 'CZZTDM',
      publicOnVerification: true,
    }),
    portrait('照片', 'ZP'),
    text('操作类别', 'CZLB', { publicOnVerification: true }),
    date('初次领证日期', 'CCLZRQ'),
    ...validityPeriod(),
    issuingOrgan('发证机关', 'FZJG'),
  ],
};
