import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rasterize } from '../../documents/picture/render-png';

/** Millimetres are only a unit here: a sheet is as many pixels wide as it has units at 25.4 dpi. */
const DPI = 25.4;
const CELL = { width: 620, height: 640 };
const ROWS_PER_SHEET = 4;
const COLUMNS = 3;

/**
 * Puts our picture of each page, ofdrw's and poppler's side by side, four pages to a sheet; people look at them.
 * @returns the paths of the sheets, in the order of the files' names.
 */
export function writeContactSheets(files: string, pictures: string, folder: string): readonly string[] {
  const pages = readdirSync(files)
    .filter((name) => name.endsWith('.ours.png'))
    .sort()
    .map((name) => basename(name, '.ours.png'));
  const sheets: string[] = [];
  for (let at = 0; at < pages.length; at += ROWS_PER_SHEET) {
    const rows = pages.slice(at, at + ROWS_PER_SHEET);
    const cells = rows.map((page, row) => drawRow(page, row, files, pictures)).join('');
    const [width, height] = [COLUMNS * CELL.width, rows.length * CELL.height];
    const svg =
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}mm" height="${height}mm" viewBox="0 0 ${width} ${height}">` +
      `<rect width="${width}" height="${height}" fill="#888"/>${cells}</svg>`;
    const path = join(folder, `contact-sheet-${String(sheets.length + 1).padStart(2, '0')}.png`);
    writeFileSync(path, rasterize(svg, width, DPI));
    sheets.push(path);
  }
  return sheets;
}

function drawRow(page: string, row: number, files: string, pictures: string): string {
  const [, name = '', index = '0'] = /^(.*)-(\d+)$/.exec(page) ?? [];
  const paths = [
    join(files, `${page}.ours.png`),
    join(pictures, `${page}.png`),
    join(pictures, `${name}.poppler-${Number(index) + 1}.png`),
  ];
  return paths
    .map((path, column) => {
      const data = readFileSync(path).toString('base64');
      return (
        `<image x="${column * CELL.width + 4}" y="${row * CELL.height + 4}" width="${CELL.width - 8}" ` +
        `height="${CELL.height - 8}" href="data:image/png;base64,${data}"/>`
      );
    })
    .join('');
}
