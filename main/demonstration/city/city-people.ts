import { citizenNumberCheckCharacter } from '../../../domain/certificate/citizen-number';
import { COMPANY1_CODE, HOLDER1_CODE } from '../demonstration-accounts';
import { fictitiousCitizenNumber, fictitiousCreditCode } from '../fictitious-codes';
import { SeededChoice } from './seeded-choice';

/** A holder of the demonstration city; nobody of them lives. */
export interface CityHolder {
  readonly kind: 'person' | 'organisation';
  readonly name: string;
  readonly codeType: string;
  readonly code: string;
  /** Who acts for a minor or for somebody who cannot. */
  readonly guardian: string | null;
}

export interface CityCompany extends CityHolder {
  readonly areaCode: string;
  readonly address: string;
  readonly representative: string;
}

const PERSONS = 260;
const COMPANIES = 120;
const AREAS: readonly (readonly [string, string])[] = [
  ['150602', '东胜区'],
  ['150602', '东胜区'],
  ['150602', '东胜区'],
  ['150622', '准格尔旗'],
  ['150621', '达拉特旗'],
  ['150621', '达拉特旗'],
  ['150627', '伊金霍洛旗'],
  ['150626', '乌审旗'],
  ['150624', '鄂托克旗'],
  ['150623', '鄂托克前旗'],
  ['150625', '杭锦旗'],
  ['150603', '康巴什区'],
];
const MONGOLIAN = [
  '阿拉腾其其格',
  '宝音德力格尔',
  '斯琴高娃',
  '乌兰图雅',
  '那日苏',
  '格日勒图',
  '哈斯巴根',
  '塔娜',
  '孟和吉雅',
  '敖登格日乐',
  '巴音孟克',
  '萨仁花',
  '吉日嘎拉',
  '诺敏',
  '呼和巴特尔',
  '乌仁图雅',
  '图门巴雅尔',
  '娜布其',
];
const FAMILY = ['王', '李', '张', '刘', '陈', '杨', '赵', '高', '郝', '折', '越', '奇', '欧阳', '呼延'];
const GIVEN = [
  '平',
  '建华',
  '秀英',
  '俊峰',
  '晓东',
  '丽',
  '永强',
  '桂兰',
  '浩然',
  '梓涵',
  '国栋',
  '雨欣',
  '振邦',
  '美玲',
  '海燕',
];
const TRADES = [
  '草原物流',
  '北方运输',
  '河套商贸',
  '沙漠绿洲餐饮',
  '鑫源建设',
  '恒通客运',
  '绿野食品',
  '东达置业',
  '亿利示例能源',
  '蒙牧乳业',
  '万家酒店',
  '康宁医药',
];
const FORMS = ['有限公司', '有限责任公司', '(集团)有限公司'];

/** Those that an office meets rarely and its software must not stumble over. */
const RARE: readonly CityHolder[] = [
  citizen('阿拉腾其其格', HOLDER1_CODE),
  citizen('娜仁·图雅', fictitiousCitizenNumber('1990-06-18', 24)),
  citizen('王㛃', fictitiousCitizenNumber('1978-11-02', 28)),
  citizen('林志文', residencePermit('1982-04-09', 31)),
  { kind: 'person', name: 'John Smith', codeType: '414', code: 'P00150699', guardian: null },
  { ...citizen('乌日乐', fictitiousCitizenNumber('2016-05-21', 44)), guardian: '娜仁·图雅' },
  citizen('苏布德', fictitiousCitizenNumber('1938-02-11', 62)),
];

/** 260 persons; the first are the rare ones, then five who own one flat together. */
export const CITY_PERSONS: readonly CityHolder[] = [
  ...RARE,
  ...Array.from({ length: PERSONS - RARE.length }, (_, index) => person(index)),
];

/** The one aged 88 who has no account with the portal. */
export const WITHOUT_ACCOUNT = at(CITY_PERSONS, 6);
export const MINOR = at(CITY_PERSONS, 5);
export const CO_OWNERS: readonly CityHolder[] = CITY_PERSONS.slice(RARE.length, RARE.length + 5);

/** 120 companies; the first is that of the account `company1`. */
export const CITY_COMPANIES: readonly CityCompany[] = Array.from({ length: COMPANIES }, (_, index) =>
  company(index),
);

/** 蒙K·T#### of the n-th vehicle. */
export function plate(index: number): string {
  return `蒙K·T${String(1000 + (index % 9000))}`;
}

function citizen(name: string, code: string): CityHolder {
  return { kind: 'person', name, codeType: '111', code, guardian: null };
}

/** 港澳台居民居住证 of a person from Taiwan begins with 830000. */
function residencePermit(bornOn: string, sequence: number): string {
  const first17 = `830000${bornOn.replaceAll('-', '')}${String(sequence).padStart(3, '0')}`;
  return `${first17}${citizenNumberCheckCharacter(first17)}`;
}

function person(index: number): CityHolder {
  const choice = new SeededChoice('person');
  const born = `${1950 + choice.below(52, index, 'year')}-${twoDigits(1 + choice.below(12, index, 'month'))}-${twoDigits(1 + choice.below(28, index, 'day'))}`;
  const name =
    choice.below(100, index, 'kind') < 35
      ? choice.of(MONGOLIAN, index)
      : `${choice.of(FAMILY, index, 'family')}${choice.of(GIVEN, index, 'given')}`;
  return citizen(name, fictitiousCitizenNumber(born, 100 + index));
}

function company(index: number): CityCompany {
  const choice = new SeededChoice('company');
  const [areaCode, areaName] = index === 0 ? ['150602', '东胜区'] : at(AREAS, index % AREAS.length);
  const name =
    index === 0
      ? '鄂尔多斯市草原通达物流有限公司'
      : `鄂尔多斯市${areaName}${choice.of(TRADES, index)}${String(index).padStart(3, '0')}${choice.of(FORMS, index, 'form')}`;
  return {
    kind: 'organisation',
    name,
    codeType: '001',
    code: index === 0 ? COMPANY1_CODE : fictitiousCreditCode(areaCode, 100 + index, 'company'),
    guardian: null,
    areaCode,
    address: `内蒙古自治区鄂尔多斯市${areaName}演示街${index + 1}号`,
    representative: at(CITY_PERSONS, 20 + index).name,
  };
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function at<Value>(values: readonly Value[], index: number): Value {
  const value = values[index];
  if (value === undefined) throw new RangeError(`nothing at ${index}`);
  return value;
}
