import fc from 'fast-check';
import { createIncrementFileReader } from '../../../adapters/increment-file/increment-file-reader';
import { writeCsv } from '../../../adapters/increment-file/write-csv';
import { csvGb18030, csvUtf8, type Table, xlsx } from '../../support/increment-files';

const reader = createIncrementFileReader();
const TABLE: Table = [
  ['业务编号', '持证主体名称', '备注'],
  ['150602-1', '鄂尔多斯市演示运输有限公司', '逗号,引号"和\n换行'],
  ['150602-2', '东胜区演示商行', ''],
];
const SHEET = 'xl/worksheets/sheet1.xml';

function readTable(bytes: Uint8Array) {
  const table = reader.read(bytes, '当日增量');
  if (!table.ok) throw new Error(JSON.stringify(table.refusal));
  return table.value;
}

function whyUnreadable(bytes: Uint8Array): string {
  const table = reader.read(bytes, '当日增量');
  return table.ok ? 'readable' : (table.refusal.problems?.[0]?.code ?? '');
}

/** The sheet with one piece of its XML replaced. */
const sheetWith = (from: string, to: string) =>
  xlsx(TABLE, (part, xml) => (part === SHEET ? xml.replace(from, to) : xml));

describe('a file of increments', () => {
  it.each([
    ['csvUtf8', csvUtf8(TABLE)],
    ['csvUtf8', Buffer.concat([Buffer.from('\uFEFF'), csvUtf8(TABLE)])],
    ['csvGb18030', csvGb18030(TABLE)],
    ['xlsx', xlsx(TABLE)],
  ] as const)('is read the same whichever its form: %s', (format, bytes) => {
    const table = readTable(bytes);
    expect(table.format).toBe(format);
    expect(table.header).toEqual(TABLE[0]);
    expect(
      table.rows.map(({ rowNumber, cells, problems }) => [rowNumber, cells.join('|'), problems.length]),
    ).toEqual([
      [2, TABLE[1]?.join('|'), 0],
      [3, TABLE[2]?.join('|'), 0],
    ]);
  });

  it('keeps the numbers under which a spreadsheet shows its rows, blank ones left out', () => {
    const bytes = csvUtf8([['业务编号'], ['甲'], [''], ['乙']]);
    expect(readTable(bytes).rows.map(({ rowNumber }) => rowNumber)).toEqual([2, 4]);
  });

  it('may be separated by tabs or semicolons, as some spreadsheets save it', () => {
    for (const separator of ['\t', ';']) {
      const table = readTable(Buffer.from(`业务编号${separator}备注\r\n1${separator}2\r\n`));
      expect([table.header, table.rows[0]?.cells]).toEqual([
        ['业务编号', '备注'],
        ['1', '2'],
      ]);
    }
  });

  it('is read back from what we write ourselves, with cells that a spreadsheet would run as formulas made harmless', () => {
    const written = writeCsv([
      ['业务编号', '备注'],
      ['1', '=HYPERLINK("x")'],
    ]);
    expect(written.toString('utf8')).toContain(`"'=HYPERLINK`);
    expect(readTable(written).rows[0]?.cells).toEqual(['1', `'=HYPERLINK("x")`]);
  });

  it.each([
    ['headerMissing', Buffer.from('')],
    ['headerMissing', Buffer.from(',,\r\n1,2,3')],
    ['csvIllFormed', Buffer.from('业务编号,备注\r\n"1,2\r\n')],
    ['encodingUnknown', Buffer.from([0x80, 0xff, 0xff, 0x00])],
    ['encodingUnknown', Buffer.from('a\0b')],
    ['tooManyRows', csvUtf8([['业务编号'], ...Array.from({ length: 5_001 }, (_, n) => [String(n)])])],
    ['tooManyColumns', csvUtf8([Array.from({ length: 121 }, (_, n) => `列${n}`)])],
    ['oldOrEncryptedWorkbook', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['workbookIllFormed', Buffer.from('PK\u0003\u0004 and nothing else', 'latin1')],
  ])('that cannot be read is refused with what was expected: %s', (code, bytes) => {
    expect(whyUnreadable(bytes)).toBe(code);
  });
});

describe('a workbook', () => {
  it('that hides something, or has more than one sheet, is refused', () => {
    const workbook = (from: string, to: string) =>
      xlsx(TABLE, (part, xml) => (part === 'xl/workbook.xml' ? xml.replace(from, to) : xml));
    expect(whyUnreadable(workbook('sheetId="1"', 'sheetId="1" state="veryHidden"'))).toBe('sheetHidden');
    expect(whyUnreadable(workbook('</sheets>', '<sheet name="二" sheetId="2" r:id="rId1"/></sheets>'))).toBe(
      'severalSheets',
    );
  });

  it('has a problem where a cell is a formula, an error, or a number that has lost its last digits, and where a row is hidden', () => {
    const cell = '<c r="A2" t="inlineStr"><is><t>150602-1</t></is></c>';
    for (const [to, code] of [
      ['<c r="A2"><f>1+1</f><v>2</v></c>', 'formulaNotAllowed'],
      ['<c r="A2" t="e"><v>#REF!</v></c>', 'errorValue'],
      ['<c r="A2"><v>150602000000000901</v></c>', 'digitsLost'],
      ['<c r="A2"><v>x</v></c>', 'numberIllFormed'],
    ] as const) {
      const [row] = readTable(sheetWith(cell, to)).rows;
      expect([row?.cells[0], row?.problems]).toEqual([
        '',
        [expect.objectContaining({ code, columnIndex: 0 })],
      ]);
    }
    const hidden = readTable(sheetWith('<row r="3">', '<row r="3" hidden="1">'));
    expect(hidden.rows.map(({ problems }) => problems.map(({ code }) => code))).toEqual([[], ['rowHidden']]);
  });

  it('says dates by its own system of days, and numbers as they are shown', () => {
    const cells =
      '<c r="A2" s="1"><v>46349</v></c><c r="B2"><v>0.30000000000000004</v></c><c r="C2" t="b"><v>1</v></c>';
    const bytes = xlsx(TABLE, (part, xml) =>
      part === SHEET ? xml.replace(/<row r="2">.*?<\/row>/s, `<row r="2">${cells}</row>`) : xml,
    );
    const [row] = readTable(bytes).rows;
    expect(row?.cells).toEqual(['2026-11-23', '0.3', '是']);
  });

  it.each(['x', '-1', '1.5', '1', '2', '99999999'])(
    'whose rows are numbered so that they cannot be told from one another is refused: %s',
    (number) => {
      expect(whyUnreadable(sheetWith('<row r="3">', `<row r="${number}">`))).toBe('workbookIllFormed');
    },
  );
});

describe('the reader', () => {
  it('never throws, whatever the bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc
        .uint8Array({ maxLength: 400 })
        .map((tail) => Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), tail])),
      fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(text)),
      fc.tuple(fc.nat({ max: 2_000 }), fc.nat({ max: 255 })).map(([at, value]) => {
        const workbook = xlsx(TABLE);
        workbook[at % workbook.length] = value;
        return workbook;
      }),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        const table = reader.read(given, 'x');
        if (!table.ok) expect(table.refusal.code).toBe('incrementFileUnreadable');
      }),
      { numRuns: 300 },
    );
  });
});
