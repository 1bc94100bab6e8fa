import type { FontChain } from '../fonts/font-chain';
import type { TableField } from '../templates/template';
import type { Box, Drawing } from './drawing';
import type { FaceRows } from './face-content';
import { LayoutRefused } from './layout-outcome';
import { assertPrintable, fitValue } from './set-field-text';
import { type FittedText, fitText, measureText, placeText } from './set-text';
import { unionOfBoxes } from './union-of-boxes';

const CELL_PADDING_MM = 1.2;
const CELL_LINE_HEIGHT = 1.3;
const MAXIMUM_ROWS_OF_A_CELL = 4;

export interface TableOutcome {
  readonly drawings: readonly Drawing[];
  readonly ink: Box | null;
  /** Index of the first row that was not printed; equal to the number of rows when all were. */
  readonly nextRow: number;
}

interface FittedRow {
  readonly cells: readonly FittedText[];
  readonly heightMm: number;
}

/**
 * Prints rows from `firstRow` into a table until its box is full. Rows grow with their text up to four times the row height.
 * What is left of the box is ruled as empty rows, as printed forms are.
 */
export function layOutTable(
  field: TableField,
  rows: FaceRows['rows'],
  firstRow: number,
  fonts: FontChain,
): TableOutcome {
  const fitted = rows.slice(firstRow).map((row, i) => fitRow(field, row, firstRow + i, fonts));
  const { box, rowHeightMm } = field;
  const bottom = box.yMm + box.heightMm;
  const heads = headerDrawings(field, fonts);
  const drawings: Drawing[] = [...heads.drawings];
  const inks: (Box | null)[] = [heads.ink];
  const rules: number[] = [box.yMm, box.yMm + field.headerHeightMm];
  let y = box.yMm + field.headerHeightMm;
  const count = rowsThatFit(fitted, bottom - y, rowHeightMm);
  if (count === 0 && fitted.length > 0) {
    throw new LayoutRefused({ code: 'overflow', field: field.element, row: firstRow, column: null });
  }
  for (const row of fitted.slice(0, count)) {
    const placed = placeCells(field, row, y);
    drawings.push(...placed.drawings);
    inks.push(placed.ink);
    y += row.heightMm;
    rules.push(y);
  }
  if (count < fitted.length) {
    drawings.push(...moreText(field, { ...box, yMm: y, heightMm: rowHeightMm }, fonts));
    rules.push(bottom);
  } else {
    while (y + rowHeightMm <= bottom + 0.01) {
      y += rowHeightMm;
      rules.push(y);
    }
  }
  drawings.push(grid(field, rules, count < fitted.length ? y : null));
  return { drawings, ink: unionOfBoxes(inks), nextRow: firstRow + count };
}

/** Rows that fit; when some are left over, room for the line that says so is kept. */
function rowsThatFit(rows: readonly FittedRow[], heightMm: number, rowHeightMm: number): number {
  const total = rows.reduce((sum, row) => sum + row.heightMm, 0);
  if (total <= heightMm + 0.01) return rows.length;
  let used = 0;
  let count = 0;
  for (const row of rows) {
    if (used + row.heightMm > heightMm - rowHeightMm + 0.01) break;
    used += row.heightMm;
    count += 1;
  }
  return count;
}

function fitRow(
  field: TableField,
  row: Readonly<Record<string, string>>,
  index: number,
  fonts: FontChain,
): FittedRow {
  const unknown = Object.keys(row).find((name) => !field.columns.some((column) => column.column === name));
  if (unknown !== undefined) {
    throw new LayoutRefused({ code: 'unplacedElement', field: field.element, row: index, column: unknown });
  }
  const cells = field.columns.map((column) => {
    const text = row[column.column] ?? '';
    const place = { field: field.element, row: index, column: column.column };
    assertPrintable(text, 'zh', place);
    const room = {
      widthMm: column.widthMm - 2 * CELL_PADDING_MM,
      heightMm: MAXIMUM_ROWS_OF_A_CELL * field.rowHeightMm - 2 * CELL_PADDING_MM,
    };
    const rule = {
      overflow: 'wrapThenShrink',
      minimumSizePt: field.minimumSizePt,
      lineHeight: CELL_LINE_HEIGHT,
    } as const;
    return fitValue(fonts, text, room, field.style, rule, { ...place, prefixLength: 0 });
  });
  const tallest = Math.max(...cells.map(heightOf));
  return { cells, heightMm: Math.max(field.rowHeightMm, tallest + 2 * CELL_PADDING_MM) };
}

function heightOf(cell: FittedText): number {
  return ((cell.sizePt * 25.4) / 72) * (1 + (cell.lines.length - 1) * CELL_LINE_HEIGHT);
}

function placeCells(
  field: TableField,
  row: FittedRow,
  yMm: number,
): { drawings: Drawing[]; ink: Box | null } {
  let xMm = field.box.xMm;
  const drawings: Drawing[] = [];
  const inks: (Box | null)[] = [];
  field.columns.forEach((column, i) => {
    const cell = row.cells[i];
    if (cell !== undefined) {
      const box = {
        xMm: xMm + CELL_PADDING_MM,
        yMm,
        widthMm: column.widthMm - 2 * CELL_PADDING_MM,
        heightMm: row.heightMm,
      };
      const style = { ...field.style, align: column.align, verticalAlign: 'middle' as const };
      const placed = placeText(cell, box, style, { lineHeight: CELL_LINE_HEIGHT, spread: false });
      drawings.push(...placed.runs);
      inks.push(placed.ink);
    }
    xMm += column.widthMm;
  });
  return { drawings, ink: unionOfBoxes(inks) };
}

function headerDrawings(field: TableField, fonts: FontChain): { drawings: Drawing[]; ink: Box | null } {
  const style = {
    ...field.style,
    font: 'hei' as const,
    align: 'centre' as const,
    verticalAlign: 'middle' as const,
  };
  const cells = field.columns.map((column) => fixedLine(column.title, style.sizePt, style.font, fonts));
  return placeCells(
    { ...field, style, columns: field.columns.map((column) => ({ ...column, align: 'centre' })) },
    { cells, heightMm: field.headerHeightMm },
    field.box.yMm,
  );
}

function fixedLine(text: string, sizePt: number, font: 'song' | 'hei', fonts: FontChain): FittedText {
  const measured = measureText(fonts, font, text);
  if (!measured.ok) throw new Error(`table text ${text}: no glyph for U+${measured.codePoint.toString(16)}`);
  const room = { widthMm: Number.POSITIVE_INFINITY, heightMm: Number.POSITIVE_INFINITY };
  const rule = { overflow: 'wrap', sizePt, minimumSizePt: sizePt, lineHeight: 1 } as const;
  return fitText(measured.paragraphs, room, rule) ?? { sizePt, lines: [] };
}

function moreText(field: TableField, box: Box, fonts: FontChain): readonly Drawing[] {
  const line = fixedLine(field.moreText, field.style.sizePt, 'song', fonts);
  const style = {
    ...field.style,
    font: 'song' as const,
    align: 'centre' as const,
    verticalAlign: 'middle' as const,
  };
  return placeText(line, box, style, { lineHeight: 1, spread: false }).runs;
}

/** Horizontal rules at the given heights and vertical ones between columns; none through the line that says there is more. */
function grid(field: TableField, rules: readonly number[], columnsEndAt: number | null): Drawing {
  const { box, columns } = field;
  const right = box.xMm + columns.reduce((sum, column) => sum + column.widthMm, 0);
  const last = rules.at(-1) ?? box.yMm;
  let operators = '';
  const points: number[] = [];
  const line = (x1: number, y1: number, x2: number, y2: number): void => {
    operators += 'ML';
    points.push(x1, y1, x2, y2);
  };
  for (const y of rules) line(box.xMm, y, right, y);
  let x = box.xMm;
  line(x, box.yMm, x, last);
  for (const column of columns) {
    x += column.widthMm;
    const edge = x > right - 0.01;
    line(x, box.yMm, x, edge ? last : (columnsEndAt ?? last));
  }
  return { kind: 'path', operators, points, fill: null, stroke: field.rule };
}
