import { legalDate } from '../../shared/legal-date';
import type { CatalogDefinition } from '../catalog-entry';
import { MINISTRY_OF_TRANSPORT } from './defining-authorities';
import {
  certificateNumber,
  date,
  issueDate,
  LICENCE_NUMBER_MESSAGE,
  LICENCE_NUMBER_PATTERN,
  text,
} from './face-fields';

/** 道路运输证: one per vehicle; the vehicle is what may be live only once. */
export const ROAD_TRANSPORT_CERTIFICATE: CatalogDefinition = {
  code: '11100000000019713D013',
  name: '道路运输证',
  definingAuthority: MINISTRY_OF_TRANSPORT,
  issuingAuthority: '交通运输主管部门或行政审批局',
  standardLevel: 'national',
  catalogueClass: 'certificate',
  publicity: 'public',
  ingestionStartsOn: legalDate('2022-10-01'),
  handling: 'issue',
  trade: 'transport',
  administrativeLicence: true,
  periodicInspection: true,
  serviceItems: [],
  holderKinds: ['legalPerson', 'unincorporated'],
  holders: { several: false, shares: 'none', withoutCodeAllowed: false, maxHolders: 1 },
  templateCode: '11100000000019713D013',
  validityRule: { kind: 'years', maximumYears: 10, exact: false },
  uniquenessKey: ['车辆号牌'],
  numberedBy: { by: 'agency', element: '道路运输证号' },
  reviewPolicy: { kind: 'none' },
  requiredSeals: [{ ordinal: 1, organ: 'issuingAuthority', kind: 'approval' }],
  dependsOn: [
    { kind: 'number', catalogCode: '11100000000019713D008', element: '经营许可证号' },
    { kind: 'holder', catalogCode: '00000000000000000X002' },
  ],
  notClassifiedDeclaration: null,
  faceSchema: [
    certificateNumber('道路运输证号', 'DLYSZH', LICENCE_NUMBER_PATTERN, LICENCE_NUMBER_MESSAGE),
    text('业户名称', 'YHMC', { metadata: 'CZZT', publicOnVerification: true }),
    text('地址', 'DZ', { mask: 'address' }),
    text('车辆号牌', 'CLHP', {
      maxLength: 12,
      pattern: '\\p{Script=Han}[A-Z]·?[A-Z0-9]{4,6}[挂学警]?',
      patternMessage: '应为车辆号牌，例如 蒙K·T1234',
      publicOnVerification: true,
    }),
    text('经营许可证号', 'JYXKZH', {
      maxLength: 50,
      pattern: LICENCE_NUMBER_PATTERN,
      patternMessage: LICENCE_NUMBER_MESSAGE,
      publicOnVerification: true,
    }),
    text('经济类型', 'JJLX', { maxLength: 40, required: false }),
    text('车辆类型', 'CLLX', { maxLength: 40, publicOnVerification: true }),
    text('吨(座)位', 'DZW', { maxLength: 40 }),
    text('车辆长宽高', 'CLCKG', { maxLength: 60, required: false }),
    text('经营范围', 'JYFW', { maxLength: 200, multiline: true, publicOnVerification: true }),
    date('初领日期', 'CLRQ', { required: false }),
    issueDate('发证日期', 'FZRQ'),
    text('备注', 'BZ', { maxLength: 200, multiline: true, required: false }),
  ],
};
