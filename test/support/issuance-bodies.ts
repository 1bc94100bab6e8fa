import { REAL_ESTATE_CERTIFICATE } from '../../domain/catalog/built-in/real-estate-certificate';
import { ROAD_TRANSPORT_CERTIFICATE } from '../../domain/catalog/built-in/road-transport-certificate';
import type { IssuanceParsingRules, IssuanceRequestBody } from '../../domain/issuance/parse-issuance-request';

export const BUREAU = { name: '东胜区行政审批和政务服务局', creditCode: '11150602MB1234567X' };

/** The moment at which the requests below arrive. */
export const RECEIVED_AT_MS = Date.parse('2026-11-23T10:00:00+08:00');

export const TRANSPORT_RULES: IssuanceParsingRules = {
  definition: ROAD_TRANSPORT_CERTIFICATE,
  authority: BUREAU,
};
export const REAL_ESTATE_RULES: IssuanceParsingRules = {
  definition: REAL_ESTATE_CERTIFICATE,
  authority: BUREAU,
};

export const TRANSPORT_FACE = {
  道路运输证号: '150602000123',
  业户名称: '鄂尔多斯市草原通达物流有限公司',
  地址: '内蒙古自治区鄂尔多斯市东胜区演示街1号',
  车辆号牌: '蒙K·T0123',
  经营许可证号: '150602000045',
  车辆类型: '重型半挂牵引车',
  '吨(座)位': '整备质量8.8吨',
  经营范围: '道路普通货物运输',
};

/** A right request for one 道路运输证; a test overrides what it is about. */
export function aTransportBody(override: Partial<IssuanceRequestBody> = {}): IssuanceRequestBody {
  return {
    catalogCode: ROAD_TRANSPORT_CERTIFICATE.code,
    businessNumber: '150602-2026-000123',
    decidedAt: '2026-11-20T09:30:00+08:00',
    decision: {
      name: '准予行政许可决定书',
      number: '鄂东审交许〔2026〕123号',
      date: '2026-11-20',
      organ: BUREAU.name,
    },
    holders: [
      {
        kind: 'organisation',
        name: '鄂尔多斯市草原通达物流有限公司',
        codeType: '001',
        code: '91150602MA0DEM013X',
        share: null,
      },
    ],
    face: TRANSPORT_FACE,
    validFrom: '2026-11-20',
    validUntil: '2030-11-19',
    issuedOn: '2026-11-20',
    operator: { name: '苏日娜', id: 'DS-0107' },
    agent: null,
    acceptingAuthority: null,
    attachments: [],
    callbackUrl: null,
    backEntryReason: null,
    ...override,
  };
}

const OWNERS: IssuanceRequestBody['holders'] = [
  { kind: 'person', name: '阿拉腾其其格', codeType: '111', code: '150699198503120121', share: '1/2' },
  { kind: 'person', name: '宝音德力格尔', codeType: '111', code: '150699198306210312', share: '1/2' },
];

/** A right request for one 不动产权证书 of two owners, numbered by the register. */
export function aRealEstateBody(override: Partial<IssuanceRequestBody> = {}): IssuanceRequestBody {
  return aTransportBody({
    catalogCode: REAL_ESTATE_CERTIFICATE.code,
    decision: null,
    holders: OWNERS,
    face: {
      共有情况: '按份共有',
      坐落: '鄂尔多斯市东胜区演示街3号院2号楼1单元301室',
      不动产单元号: '150602001001GB00001F00010003',
      权利类型: '国有建设用地使用权/房屋所有权',
      权利性质: '出让/市场化商品房',
      用途: '城镇住宅用地/住宅',
      面积: '房屋建筑面积126.35平方米',
    },
    validUntil: null,
    ...override,
  });
}
