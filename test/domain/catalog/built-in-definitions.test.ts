import { BUILT_IN_DEFINITIONS } from '../../../domain/catalog/built-in/built-in-definitions';
import { checkCatalogDefinition } from '../../../domain/catalog/check-catalog-definition';
import type { BoundValues } from '../../../domain/catalog/face-schema';
import { parseFace } from '../../../domain/catalog/parse-face';
import { legalDate } from '../../../domain/shared/legal-date';

const BOUND: BoundValues = {
  values: {
    ZZBFJG: '东胜区行政审批局',
    ZZBFRQ: '2026-11-23',
    ZZYXQQSRQ: '2026-11-23',
    ZZYXQJZRQ: '2030-11-22',
  },
  holders: [
    { name: '鄂尔多斯市甲运输有限公司', code: '91350100M000100Y43', codeTypeName: null, share: null },
  ],
  assignedLater: [],
};

function definition(name: string) {
  const found = BUILT_IN_DEFINITIONS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no type ${name}`);
  return found;
}

describe('the built-in catalogue', () => {
  it.each([
    ['道路运输证', '11100000000019713D013', 'issue'],
    ['道路运输经营许可证', '11100000000019713D008', 'issue'],
    ['建筑工程施工许可证', '11100000000013338W009', 'issue'],
    ['建筑施工企业安全生产许可证', '11100000000013338W050', 'collect'],
    ['建筑施工特种作业操作资格证书', '11100000000013338W032', 'collect'],
    ['建筑施工企业安全生产管理人员考核合格证书', '11100000000013338W011', 'collect'],
    ['不动产权证书', '11100000MB03271699001', 'issue'],
    ['食品经营许可证', '00000000000000000X001', 'issue'],
    ['营业执照', '00000000000000000X002', 'mirror'],
    ['出生医学证明', '00000000000000000X003', 'issue'],
    ['不动产登记证明', '00000000000000000X004', 'issue'],
    ['公共场所卫生许可证', '00000000000000000X005', 'issue'],
  ])('has %s with code %s, by way of %s', (name, code, handling) => {
    expect(definition(name)).toMatchObject({ code, handling });
  });

  it('has twelve types whose definitions lack nothing but the declaration of an office', () => {
    expect(BUILT_IN_DEFINITIONS).toHaveLength(12);
    const declared = { declaredBy: '张三', declaredOn: legalDate('2026-11-23') };
    for (const built of BUILT_IN_DEFINITIONS) {
      expect(checkCatalogDefinition({ ...built, notClassifiedDeclaration: declared })).toEqual([]);
      expect(checkCatalogDefinition(built).map(({ pointer }) => pointer)).toEqual([
        '/notClassifiedDeclaration',
      ]);
    }
  });

  it('binds the number, the day of issue and the holder of every type, and has a template for each that is issued', () => {
    for (const { name, faceSchema, handling, templateCode, code } of BUILT_IN_DEFINITIONS) {
      const bound = faceSchema.map(({ metadata }) => metadata);
      expect([name, bound.filter((code) => code === 'ZZBH').length]).toEqual([name, 1]);
      expect([name, bound.includes('CZZT')]).toEqual([name, true]);
      if (name !== '建筑施工特种作业操作资格证书')
        expect([name, bound.includes('ZZBFRQ')]).toEqual([name, true]);
      expect(templateCode).toBe(handling === 'issue' ? code : null);
    }
  });

  it('shows nothing personal to whoever verifies without a mask', () => {
    const personal = /姓名|身份证|证件号码|法定代表人|负责人|住址|电话|照片|出生/;
    const exempt = new Set(['投诉举报电话', '出生地点']);
    for (const { faceSchema } of BUILT_IN_DEFINITIONS) {
      const columns = faceSchema.flatMap((element) => (element.kind === 'rows' ? element.columns : []));
      for (const field of [...columns, ...faceSchema.filter(({ kind }) => kind !== 'rows')]) {
        if (personal.test(field.name) && !exempt.has(field.name))
          expect([field.name, field.mask]).not.toEqual([field.name, 'none']);
      }
    }
  });

  it.each([
    [
      '道路运输证',
      {
        道路运输证号: '150602000123',
        地址: '东胜区天骄路1号',
        车辆号牌: '蒙K·T1234',
        经营许可证号: '150602000001',
        车辆类型: '中型普通客车',
        '吨(座)位': '19座',
        经营范围: '县际包车客运',
      },
    ],
    [
      '建筑工程施工许可证',
      {
        编号: '150602202611230101',
        工程名称: '甲项目',
        建设地址: '东胜区',
        建设规模: '12000平方米',
        合同工期: '2026-12-01至2027-12-01',
        合同价格: '3500.25',
      },
    ],
    [
      '不动产权证书',
      {
        不动产权证号: '蒙(2026)东胜区不动产权第0000123号',
        共有情况: '单独所有',
        坐落: '东胜区天骄路1号',
        不动产单元号: '150602 001001 GB00001 F00010001',
        权利类型: '国有建设用地使用权/房屋所有权',
        权利性质: '出让/市场化商品房',
        用途: '城镇住宅用地/住宅',
        面积: '房屋建筑面积107.3平方米',
      },
    ],
    [
      '食品经营许可证',
      {
        法定代表人: '张三',
        住所: '东胜区',
        经营场所: '东胜区天骄路1号',
        主体业态: '餐饮服务经营者',
        经营项目: '热食类食品制售',
        许可证编号: 'JY21506020000123',
        监督管理机构: '东胜区市场监督管理局',
        投诉举报电话: '12315',
        签发人: '李四',
      },
    ],
  ])('reads a whole %s', (name, face) => {
    expect(parseFace(definition(name).faceSchema, face, BOUND)).toMatchObject({ ok: true });
  });
});
