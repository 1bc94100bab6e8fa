import { rawZip } from './raw-zip';

/** A table as an office writes it: names first, then rows. */
export type Table = readonly (readonly string[])[];

/** CSV (RFC 4180) in UTF-8 without a mark. */
export function csvUtf8(table: Table): Buffer {
  return Buffer.from(csvText(table), 'utf8');
}

/** CSV as Chinese Excel saves it, in the two-byte part of GB18030; throws for a character that is not in it. */
export function csvGb18030(table: Table): Buffer {
  const codes = twoByteCodes();
  return Buffer.concat(
    [...csvText(table)].map((character) => {
      const code = character.charCodeAt(0) < 0x80 ? Buffer.from(character) : codes.get(character);
      if (code === undefined) throw new RangeError(`${character} is not in the two-byte part of GB18030`);
      return code;
    }),
  );
}

/**
 * A workbook of one sheet with inline texts; a cell such as `#46349` is a number that is shown as a date. `edit` may rewrite
 * the XML of a part, for workbooks that are not as they should be.
 */
export function xlsx(table: Table, edit: (part: string, xml: string) => string = (_, xml) => xml): Buffer {
  const rows = table.map(
    (cells, index) =>
      `<row r="${index + 1}">${cells.map((cell, column) => xlsxCell(cell, `${letterOf(column)}${index + 1}`)).join('')}</row>`,
  );
  const part = (name: string, text: string) => ({
    name,
    data: Buffer.from(`<?xml version="1.0"?>${edit(name, text)}`),
  });
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const packaged = 'http://schemas.openxmlformats.org/package/2006';
  return Buffer.from(
    rawZip([
      part('[Content_Types].xml', `<Types xmlns="${packaged}/content-types"/>`),
      part(
        'xl/workbook.xml',
        `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="增量" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      ),
      part(
        'xl/_rels/workbook.xml.rels',
        `<Relationships xmlns="${packaged}/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      ),
      part(
        'xl/styles.xml',
        `<styleSheet xmlns="${main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
      ),
      part(
        'xl/worksheets/sheet1.xml',
        `<worksheet xmlns="${main}"><sheetData>${rows.join('')}</sheetData></worksheet>`,
      ),
    ]),
  );
}

function csvText(table: Table): string {
  return table
    .map((cells) => `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\r\n`)
    .join('');
}

let known: ReadonlyMap<string, Buffer> | null = null;

/** Node decodes GB18030 and does not encode it, so the table is turned round. */
function twoByteCodes(): ReadonlyMap<string, Buffer> {
  if (known !== null) return known;
  const decoder = new TextDecoder('gb18030');
  const codes = new Map<string, Buffer>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      if (trail === 0x7f) continue;
      const code = Buffer.from([lead, trail]);
      codes.set(decoder.decode(code), code);
    }
  }
  known = codes;
  return codes;
}

function xlsxCell(cell: string, reference: string): string {
  const serial = /^#(\d+)$/.exec(cell)?.[1];
  if (serial !== undefined) return `<c r="${reference}" s="1"><v>${serial}</v></c>`;
  const text = cell.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<c r="${reference}" t="inlineStr"><is><t>${text}</t></is></c>`;
}

function letterOf(column: number): string {
  return column < 26
    ? String.fromCharCode(65 + column)
    : `${String.fromCharCode(64 + Math.floor(column / 26))}${letterOf(column % 26)}`;
}
