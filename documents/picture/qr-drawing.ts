import { create } from 'qrcode';
import type { Box, PathDrawing } from '../layout/drawing';
import { BLACK } from '../layout/drawing';

const QUIET_ZONE_MODULES = 4;

/**
 * A QR code (ISO/IEC 18004, level M) as vectors: black modules on a white square with the quiet zone of four modules.
 * @param text what the code says, at most some 2,000 bytes.
 * @returns null when the text is too long for a code.
 */
export function drawQr(text: string, box: Box): PathDrawing[] | null {
  const modules = createModules(text);
  if (modules === null) return null;
  const sideMm = Math.min(box.widthMm, box.heightMm);
  const moduleMm = sideMm / (modules.size + 2 * QUIET_ZONE_MODULES);
  const left = box.xMm + (box.widthMm - sideMm) / 2;
  const top = box.yMm + (box.heightMm - sideMm) / 2;
  const origin = QUIET_ZONE_MODULES * moduleMm;
  const { operators, corners } = traceOutlines(modules.size, modules.isDark);
  const white: PathDrawing = {
    kind: 'path',
    operators: 'MLLLZ',
    points: [left, top, left + sideMm, top, left + sideMm, top + sideMm, left, top + sideMm],
    fill: [255, 255, 255],
    stroke: null,
  };
  const matrix = [moduleMm, 0, 0, moduleMm, left + origin, top + origin] as const;
  return [white, { kind: 'path', operators, points: corners, fill: BLACK, stroke: null, matrix }];
}

interface Modules {
  readonly size: number;
  isDark(column: number, row: number): boolean;
}

function createModules(text: string): Modules | null {
  if (Buffer.byteLength(text) > 2000) return null;
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const { size, data } = modules;
  return {
    size,
    isDark: (column, row) =>
      column >= 0 && row >= 0 && column < size && row < size && data[row * size + column] === 1,
  };
}

/**
 * Outlines of connected dark areas, so that no renderer shows seams between modules. Each edge is walked with the dark side
 * on its right, hence holes run the other way and any fill rule gives the same picture.
 */
function traceOutlines(
  size: number,
  isDark: (column: number, row: number) => boolean,
): { operators: string; corners: number[] } {
  const stride = size + 1;
  const next = new Map<number, number[]>();
  const edge = (x1: number, y1: number, x2: number, y2: number): void => {
    const from = y1 * stride + x1;
    const targets = next.get(from);
    if (targets === undefined) next.set(from, [y2 * stride + x2]);
    else targets.push(y2 * stride + x2);
  };
  for (let module = 0; module < size * size; module += 1) {
    const [x, y] = [module % size, Math.floor(module / size)];
    if (!isDark(x, y)) continue;
    if (!isDark(x, y - 1)) edge(x, y, x + 1, y);
    if (!isDark(x + 1, y)) edge(x + 1, y, x + 1, y + 1);
    if (!isDark(x, y + 1)) edge(x + 1, y + 1, x, y + 1);
    if (!isDark(x - 1, y)) edge(x, y + 1, x, y);
  }
  let operators = '';
  const corners: number[] = [];
  for (const start of next.keys()) {
    while ((next.get(start)?.length ?? 0) > 0) operators += walkLoop(start, stride, next, corners);
  }
  return { operators, corners };
}

function walkLoop(start: number, stride: number, next: Map<number, number[]>, corners: number[]): string {
  let operators = '';
  let at = start;
  let direction = 0;
  do {
    const to = next.get(at)?.pop();
    if (to === undefined) break;
    if (to - at !== direction) {
      corners.push(at % stride, Math.floor(at / stride));
      operators += operators === '' ? 'M' : 'L';
    }
    direction = to - at;
    at = to;
  } while (at !== start);
  return `${operators}Z`;
}
