import { addDays, type LegalDate } from '../../../domain/shared/legal-date';
import { DEMONSTRATION_UNITS, DONGSHENG_BUREAU, demonstrationUnit } from '../demonstration-units';
import { CITY_COMPANIES, CITY_PERSONS, type CityCompany, type CityHolder, plate } from './city-people';
import { lastDayOfYears } from './office-days';
import { businessNumberOf, type PlannedIssuance } from './planned-issuance';
import { SeededChoice } from './seeded-choice';

/** Neither the rare ones nor those of whom the portal knows something else. */
const ORDINARY = CITY_PERSONS.slice(12, 200);

/** Who issues 道路运输证. */
const VEHICLE_UNITS: readonly string[] = [
  DONGSHENG_BUREAU,
  ...DEMONSTRATION_UNITS.map(({ key }) => key).filter((key) => key.startsWith('transport-')),
];

/** Sample words of the second script (鄂尔多斯市示例公司, 示例工程): nobody's name, and no translation of the Chinese beside them. */
const MONGOLIAN_SAMPLES = {
  建设单位蒙古文: 'ᠣᠷᠳᠣᠰ ᠬᠣᠲᠠ ᠶᠢᠨ ᠵᠢᠱᠢᠶ᠎ᠡ ᠺᠣᠮᠫᠠᠨᠢ',
  工程名称蒙古文: 'ᠵᠢᠱᠢᠶ᠎ᠡ ᠪᠠᠷᠢᠯᠭ᠎ᠠ',
} as const;

/** Whose certificate it is, what it says and until when it lasts. */
export interface Content {
  readonly holders: readonly CityHolder[];
  readonly face: Readonly<Record<string, unknown>>;
  readonly validUntil: LegalDate | null;
}

/** In: a planned case. Out: what its certificate says; the same at every start. */
export function contentOf(planned: PlannedIssuance): Content {
  switch (planned.type) {
    case 'roadTransport':
      return roadTransport(planned);
    case 'roadBusiness':
      return roadBusiness(planned);
    case 'construction':
      return construction(planned);
    case 'realEstate':
      return realEstate(planned);
    case 'realEstateProof':
      return realEstateProof(planned);
    case 'food':
      return food(planned);
    case 'hygiene':
      return hygiene(planned);
    case 'birth':
      return birth(planned);
  }
}

function roadTransport(planned: PlannedIssuance): Content {
  const holder = companyOf(planned);
  const choice = choiceOf(planned);
  return {
    holders: [holder],
    validUntil: yearsOn(planned, 4),
    face: {
      道路运输证号: licenceNumber(planned),
      业户名称: holder.name,
      地址: holder.address,
      车辆号牌: plate(vehicleOf(planned)),
      经营许可证号: `${areaOf(planned)}7${String(CITY_COMPANIES.indexOf(holder)).padStart(5, '0')}`,
      经济类型: '有限责任公司',
      车辆类型: choice.of(['重型半挂牵引车', '重型普通货车', '大型普通客车', '轻型厢式货车', '重型罐式货车']),
      '吨(座)位': choice.of(['整备质量8.8吨', '核定载质量18吨', '45座', '核定载质量4.5吨']),
      车辆长宽高: choice.of(['7125×2550×3950毫米', '11980×2550×3990毫米', '5995×2260×3160毫米']),
      经营范围: choice.of(['道路普通货物运输', '道路货物专用运输(罐式)', '班车客运', '包车客运']),
      初领日期: planned.decidedOn,
      发证日期: planned.decidedOn,
    },
  };
}

function roadBusiness(planned: PlannedIssuance): Content {
  const holder = companyOf(planned);
  return {
    holders: [holder],
    validUntil: yearsOn(planned, 4),
    face: {
      许可证号: licenceNumber(planned),
      业户名称: holder.name,
      地址: holder.address,
      法定代表人: holder.representative,
      经营范围: choiceOf(planned).of([
        '道路普通货物运输',
        '道路普通货物运输、货物专用运输(集装箱)',
        '县际班车客运',
      ]),
      发证日期: planned.decidedOn,
    },
  };
}

function construction(planned: PlannedIssuance): Content {
  const holder = companyOf(planned);
  const project = choiceOf(planned).of([
    '社区卫生服务中心',
    '职工住宅小区',
    '物流园仓库',
    '中学教学楼',
    '光伏升压站',
    '污水处理厂',
  ]);
  const place = holder.address.slice('内蒙古自治区鄂尔多斯市'.length);
  return {
    holders: [holder],
    validUntil: null,
    face: {
      编号: `${areaOf(planned)}${planned.decidedOn.replaceAll('-', '')}${unitDigit(planned)}${String(planned.index).padStart(3, '0')}`,
      建设单位: holder.name,
      工程名称: `${project}${planned.index + 1}号工程`,
      ...MONGOLIAN_SAMPLES,
      建设地址: `鄂尔多斯市${place}北侧`,
      建设规模: `地上${3 + (planned.index % 15)}层，建筑面积${4200 + planned.index * 37}.50平方米`,
      合同工期: '自开工之日起共553日历天',
      合同价格: `${1200 + planned.index * 13}.32`,
      勘察单位: '内蒙古示例岩土勘察有限公司',
      设计单位: '内蒙古示例建筑设计有限公司',
      施工单位: '鄂尔多斯市示例建筑工程有限公司',
      监理单位: '鄂尔多斯市示例工程监理有限公司',
      施工单位项目负责人: personOf(planned, 1).name,
      总监理工程师: personOf(planned, 2).name,
      备注: '本证自发证之日起三个月内应予施工，逾期应办理延期手续。',
    },
  };
}

function realEstate(planned: PlannedIssuance): Content {
  const owners = planned.holders ?? (planned.index % 3 === 0 ? coupleOf(planned) : [personOf(planned)]);
  return {
    holders: owners,
    validUntil: null,
    face: {
      共有情况: owners.length > 1 ? '按份共有' : '单独所有',
      ...estateOf(planned),
      权利类型: '国有建设用地使用权/房屋所有权',
      权利性质: '出让/市场化商品房',
      用途: '城镇住宅用地/住宅',
      面积: `共有宗地面积26480.00平方米/房屋建筑面积${80 + (planned.index % 70)}.35平方米`,
      使用期限: '国有建设用地使用权 2014年6月1日起 2084年5月31日止',
      权利其他状况: '房屋结构：钢筋混凝土结构\n房屋总层数：18',
      附记: `业务编号：${businessNumberOf(planned)}`,
    },
  };
}

function realEstateProof(planned: PlannedIssuance): Content {
  return {
    holders: planned.holders ?? [personOf(planned)],
    validUntil: null,
    face: {
      证明权利或事项: choiceOf(planned).of(['抵押权', '预告登记', '地役权']),
      义务人: personOf(planned, 3).name,
      ...estateOf(planned),
      其他: '担保债权的数额：68.00万元',
    },
  };
}

function food(planned: PlannedIssuance): Content {
  const holder = planned.holders?.[0] ?? (planned.index % 4 === 0 ? personOf(planned) : companyOf(planned));
  const where = `鄂尔多斯市${areaOf(planned) === '150602' ? '东胜区' : '准格尔旗'}演示街${planned.index + 1}号`;
  return {
    holders: [holder],
    validUntil: yearsOn(planned, 5),
    face: {
      法定代表人: personOf(planned).name,
      住所: where,
      经营场所: where,
      主体业态: choiceOf(planned).of(['餐饮服务经营者', '食品销售经营者', '单位食堂']),
      经营项目: choiceOf(planned).of([
        '预包装食品销售',
        '热食类食品制售、冷食类食品制售',
        '散装食品销售(含熟食)',
      ]),
      许可证编号: `JY2${areaOf(planned)}${unitDigit(planned)}${String(planned.index).padStart(6, '0')}`,
      监督管理机构: '鄂尔多斯市市场监督管理局(演示)',
      投诉举报电话: '12315',
      签发人: '演示签发人',
      签发日期: planned.decidedOn,
    },
  };
}

function hygiene(planned: PlannedIssuance): Content {
  const holder = companyOf(planned);
  return {
    holders: [holder],
    validUntil: yearsOn(planned, 4),
    face: {
      许可证号: licenceNumber(planned),
      单位名称: holder.name,
      法定代表人: holder.representative,
      地址: holder.address,
      许可项目: choiceOf(planned).of(['旅店', '理发店、美容店', '公共浴室', '游泳馆']),
      发证日期: planned.decidedOn,
    },
  };
}

function birth(planned: PlannedIssuance): Content {
  const mother = personOf(planned, 5);
  const born = addDays(planned.decidedOn, -3);
  const [year, month, day] = born.split('-').map(Number);
  const newborn: CityHolder = {
    kind: 'person',
    name: `${mother.name.slice(0, 1)}小宝`,
    codeType: '',
    code: '',
    guardian: mother.name,
  };
  return {
    holders: [newborn],
    validUntil: null,
    face: {
      编号: `Z15${unitDigit(planned)}${String(planned.index).padStart(6, '0')}`,
      性别: planned.index % 2 === 0 ? '女' : '男',
      出生时间: `${year}年${month}月${day}日9时${planned.index % 60}分`,
      孕周: '39',
      体重: String(2900 + (planned.index % 9) * 90),
      身长: '50.0',
      出生地点: '内蒙古自治区鄂尔多斯市',
      医疗机构: demonstrationUnit(planned.unitKey).name,
      母亲姓名: mother.name,
      母亲年龄: '29',
      母亲国籍: '中国',
      母亲住址: '内蒙古自治区鄂尔多斯市演示街',
      母亲证件号码: mother.code,
      签发日期: planned.decidedOn,
    },
  };
}

function choiceOf({ type, unitKey, index }: PlannedIssuance): SeededChoice {
  return new SeededChoice(`${type}/${unitKey}/${index}`);
}

function companyOf(planned: PlannedIssuance): CityCompany {
  const given = CITY_COMPANIES.find((company) => company.code === planned.holders?.[0]?.code);
  if (given !== undefined) return given;
  const area = areaOf(planned);
  const here = CITY_COMPANIES.filter(({ areaCode }) => areaCode === area);
  return choiceOf(planned).of(here.length > 0 ? here : CITY_COMPANIES, 'company');
}

function personOf(planned: PlannedIssuance, which = 0): CityHolder {
  return choiceOf(planned).of(ORDINARY, 'person', which);
}

/** Two different people. */
function coupleOf(planned: PlannedIssuance): readonly CityHolder[] {
  const first = personOf(planned);
  const second = choiceOf(planned).of(
    ORDINARY.filter(({ code }) => code !== first.code),
    'person',
    1,
  );
  return [first, second];
}

function areaOf({ unitKey }: PlannedIssuance): string {
  return demonstrationUnit(unitKey).areaCode;
}

/** Tells units of one area apart. */
function unitDigit({ unitKey }: PlannedIssuance): string {
  return String(Number(demonstrationUnit(unitKey).creditCode.slice(11, 16)) % 10);
}

/** 业务许可 numbers: area, kind and a serial. */
function licenceNumber(planned: PlannedIssuance): string {
  const kind = planned.type === 'roadBusiness' ? '7' : planned.type === 'hygiene' ? '5' : '1';
  return `${areaOf(planned)}${kind}${String(planned.index).padStart(5, '0')}`;
}

/** A thousand plates for each unit, so that each vehicle of the city is there once. */
function vehicleOf({ unitKey, index }: PlannedIssuance): number {
  return VEHICLE_UNITS.indexOf(unitKey) * 1000 + index;
}

function estateOf(planned: PlannedIssuance): { readonly 坐落: string; readonly 不动产单元号: string } {
  const building = 1 + Math.floor(planned.index / 18);
  const area = areaOf(planned) === '150600' ? '150603' : areaOf(planned);
  const kind = planned.type === 'realEstate' ? '1' : '2';
  return {
    坐落: `鄂尔多斯市演示街${building}号院${1 + (planned.index % 18)}号楼1单元301室`,
    不动产单元号: `${area}${kind}01${unitDigit(planned)}01GB00001F${String(planned.index).padStart(8, '0')}`,
  };
}

function yearsOn({ decidedOn, validFrom }: PlannedIssuance, years: number): LegalDate {
  return lastDayOfYears(validFrom ?? decidedOn, years);
}
