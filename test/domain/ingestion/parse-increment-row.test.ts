import fc from 'fast-check';
import type { IncrementCells } from '../../../domain/ingestion/increment-columns';
import { checkHeader, columnsOf } from '../../../domain/ingestion/increment-columns';
import { markedColumn, parseIncrementRow } from '../../../domain/ingestion/parse-increment-row';
import { fictitiousCreditCode } from '../../../main/demonstration/fictitious-codes';
import { aRow, ROW_RULES } from './a-row';

const CODE = fictitiousCreditCode('150699', 901, 'company');
const read = (overrides: IncrementCells = {}) =>
  parseIncrementRow(aRow({ 持证主体代码: CODE, ...overrides }), ROW_RULES);
const problemsOf = (overrides: IncrementCells): readonly string[] => {
  const row = read(overrides);
  return row.ok ? [] : row.refusal.map(({ column, code }) => `${column} ${code}`);
};

describe('a row of a daily increment', () => {
  it('is a record with its face filled in from its columns', () => {
    expect(read()).toMatchObject({
      ok: true,
      value: {
        businessNumber: '150602-2026-000901',
        number: '150602000901',
        identifier: null,
        issuedOn: '2026-11-23',
        validUntil: '2030-11-22',
        holders: [{ kind: 'organisation', code: { type: '001', value: CODE } }],
        face: { 业户名称: '鄂尔多斯市演示运输有限公司', 发证日期: '2026-11-23', 车辆号牌: '蒙K·T0901' },
      },
    });
  });

  it('is the same however its dates and codes are written, as long as they have one meaning', () => {
    const dirty = read({
      发证日期: '2026年11月23日',
      有效期起: '46349',
      有效期止: '20301122',
      持证主体代码: ` ${CODE.toLowerCase().slice(0, 8)} ${CODE.slice(8)}`,
      道路运输证号: '１５０６０２ ０００９０１',
    });
    expect(dirty).toEqual(read());
  });

  it('may name its columns by the elements of the face, and both must then say the same', () => {
    const { 持证主体名称: name = '', ...rest } = aRow({ 持证主体代码: CODE });
    expect(parseIncrementRow({ ...rest, 业户名称: name }, ROW_RULES)).toEqual(read());
    expect(problemsOf({ 证照编号: '150602000902' })).toEqual(['道路运输证号 disagreesWithMetadata']);
  });

  it.each([
    [{ 业务编号: ' ' }, ['业务编号 missing']],
    [{ 发证日期: '23/11/2026' }, ['发证日期 dateIllFormed']],
    [{ 发证日期: '2026-11-24' }, ['发证日期 inTheFuture']],
    [{ 发证日期: '2020-01-01' }, ['发证日期 beforeIngestionStart']],
    [{ 有效期止: '2050-01-01' }, ['有效期止 validityTooLong']],
    [{ 有效期止: '' }, ['有效期止 validityEndMissing']],
    [{ 持证主体代码: '' }, ['持证主体代码 holderCodeMissing']],
    [
      { 持证主体类型: '自然人' },
      ['持证主体类型 holderKindNotAllowed', '持证主体代码类型 holderCodeTypeMismatch'],
    ],
    [{ 车辆号牌: '' }, ['车辆号牌 missing']],
    [{ 车辆号牌: '东胜' }, ['车辆号牌 patternMismatch']],
    [{ 证照标识: '1.2.156.3005.2.X' }, ['证照标识 identifierIllFormed']],
    [{ 备注: '长'.repeat(5_000) }, ['备注 tooLong']],
  ] as const)('is rejected with its column and reason: %j', (overrides, problems) => {
    expect(problemsOf(overrides)).toEqual(problems);
  });

  it('tells a wrong check character as such and says which is expected, without repeating the code', () => {
    const wrong = `${CODE.slice(0, 17)}${CODE.endsWith('A') ? 'B' : 'A'}`;
    const row = read({ 持证主体代码: wrong, 持证主体代码类型: '统一社会信用代码' });
    expect(row).toMatchObject({
      ok: false,
      refusal: [{ column: '持证主体代码', code: 'holderCodeCheckCharacter' }],
    });
    expect(JSON.stringify(row)).not.toContain(wrong);
  });

  it('never throws and never repeats a cell, whatever the cells hold', () => {
    const columns = columnsOf(ROW_RULES.definition);
    const cells = fc.dictionary(
      fc.constantFrom(...columns),
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.constantFrom('2026-11-23', '长期', '001', '1/2', '；'),
      ),
    );
    fc.assert(
      fc.property(cells, (given) => {
        const row = parseIncrementRow(given, ROW_RULES);
        if (row.ok) return;
        expect(row.refusal.length).toBeGreaterThan(0);
        for (const { column, expected } of row.refusal) {
          expect(columns).toContain(column);
          expect(expected).not.toBe('');
        }
      }),
    );
  });

  it('bears a sign of a state secret in whichever column', () => {
    expect(markedColumn(aRow())).toBeNull();
    expect(markedColumn(aRow({ 备注: '密级：机密' }))).toBe('备注');
    expect(markedColumn(aRow({ 地址: '机密★10年' }))).toBe('地址');
  });
});

describe('a header', () => {
  it('may have every column of the type, and codes for elements', () => {
    expect(checkHeader(ROW_RULES.definition, [...columnsOf(ROW_RULES.definition), 'CLHP'])).toEqual([]);
  });

  it('is refused for columns that the type lacks, that stand twice or have no name', () => {
    const problems = checkHeader(ROW_RULES.definition, ['业务编号', '血型', '业务编号', '']);
    expect(problems.map(({ column, code }) => [column, code])).toEqual([
      [2, 'unknownColumn'],
      [3, 'columnTwice'],
      [4, 'columnUnnamed'],
    ]);
  });
});
