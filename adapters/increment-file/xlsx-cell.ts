import type { XmlElement } from '../../documents/container/read-xml';
import { childrenNamed } from '../../documents/container/read-xml';
import type { CellProblem } from '../../domain/ingestion/normalise-date';
import { dateOfSerial } from '../../domain/ingestion/normalise-date';

export interface CellReading {
  /** Empty where the cell is blank or has a problem. */
  readonly text: string;
  readonly problem: CellProblem | null;
}

/** What a cell's number or index means in its workbook. */
export interface CellMeaning {
  readonly sharedTexts: readonly string[];
  readonly dateStyles: ReadonlySet<number>;
  /** Workbooks of old Macintoshes count days from 1904. */
  readonly is1904: boolean;
}

const DAYS_BETWEEN_SYSTEMS = 1462;
/** A number that a spreadsheet keeps as binary floating point has lost digits beyond this; codes must be text cells. */
const MAX_EXACT_DIGITS = 15;

/** The text of one cell: shared, inline, number, date by its style. A formula and an error value are problems. */
export function readCell(cell: XmlElement, meaning: CellMeaning): CellReading {
  if (childrenNamed(cell, 'f').length > 0) {
    return problem('formulaNotAllowed', '单元格是公式，请选择性粘贴为数值后再上传');
  }
  const value = childrenNamed(cell, 'v')[0]?.text ?? '';
  switch (cell.attributes.get('t') ?? 'n') {
    case 's':
      return { text: meaning.sharedTexts[Number(value)] ?? '', problem: null };
    case 'inlineStr':
      return { text: childrenNamed(cell, 'is').map(sharedTextOf).join(''), problem: null };
    case 'str':
    case 'd':
      return { text: value, problem: null };
    case 'b':
      return { text: value === '1' ? '是' : '否', problem: null };
    case 'e':
      return problem('errorValue', '单元格是错误值，请更正');
    default:
      return readNumber(value, Number(cell.attributes.get('s') ?? '0'), meaning);
  }
}

/** The characters of a shared or inline text: its runs joined, phonetic hints left out. */
export function sharedTextOf(item: XmlElement): string {
  const runs = childrenNamed(item, 'r').flatMap((run) => childrenNamed(run, 't'));
  return [...childrenNamed(item, 't'), ...runs].map(({ text }) => text).join('');
}

/** The column of a reference such as AB12, counted from 0; null when there is none. */
export function columnIndexOf(reference: string | undefined): number | null {
  const letters = /^([A-Z]{1,3})\d+$/.exec(reference ?? '')?.[1];
  if (letters === undefined) return null;
  return [...letters].reduce((index, letter) => index * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function readNumber(value: string, style: number, { dateStyles, is1904 }: CellMeaning): CellReading {
  if (value.trim() === '') return { text: '', problem: null };
  const number = Number(value);
  if (!Number.isFinite(number)) return problem('numberIllFormed', '应为文本、数字或日期');
  if (dateStyles.has(style)) {
    const date = dateOfSerial(is1904 ? number + DAYS_BETWEEN_SYSTEMS : number);
    return date.ok ? { text: date.value, problem: null } : { text: '', problem: date.refusal };
  }
  if (Math.abs(number) >= 10 ** MAX_EXACT_DIGITS) {
    return problem(
      'digitsLost',
      '超过 15 位的号码被表格软件存成了数值，末位已丢失，请设为文本格式后重新填写',
    );
  }
  return { text: plainDecimal(number), problem: null };
}

/** Without exponent, as it is shown: 0.1 + 0.2 is 0.3 in a spreadsheet. */
function plainDecimal(number: number): string {
  const rounded = Number(number.toPrecision(MAX_EXACT_DIGITS));
  return Number.isInteger(rounded)
    ? rounded.toFixed(0)
    : rounded.toFixed(10).replace(/0+$/, '').replace(/\.$/, '');
}

function problem(code: string, expected: string): CellReading {
  return { text: '', problem: { code, expected } };
}
