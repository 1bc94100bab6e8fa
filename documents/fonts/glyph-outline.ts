/**
 * Outline of a glyph in font units, y upwards. `operators` is a string of M L Q Z; M and L take one point of `points`, Q takes
 * two (control, end), Z none.
 */
export interface GlyphOutline {
  readonly operators: string;
  readonly points: readonly number[];
}

interface ContourPoint {
  readonly x: number;
  readonly y: number;
  readonly onCurve: boolean;
}

const MAXIMUM_COMPONENT_DEPTH = 6;
const NO_OUTLINE: GlyphOutline = { operators: '', points: [] };

/**
 * Decodes a glyph of the glyf table (OpenType specification, "glyf"), components included.
 * @param glyphData answers the entry of any glyph of the font.
 */
export function readGlyphOutline(glyphData: (glyphId: number) => Uint8Array, glyphId: number): GlyphOutline {
  const contours = readContours(glyphData, glyphId, 0);
  if (contours.length === 0) return NO_OUTLINE;
  let operators = '';
  const points: number[] = [];
  for (const contour of contours) operators += traceContour(contour, points);
  return { operators, points };
}

function readContours(
  glyphData: (glyphId: number) => Uint8Array,
  glyphId: number,
  depth: number,
): ContourPoint[][] {
  const bytes = glyphData(glyphId);
  if (bytes.length < 10) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const contourCount = view.getInt16(0);
  if (contourCount >= 0) return readSimple(view, contourCount);
  if (depth >= MAXIMUM_COMPONENT_DEPTH) throw new Error(`glyph ${glyphId} nests its components too deeply`);
  return readComponents(view).flatMap((component) =>
    readContours(glyphData, component.glyphId, depth + 1).map((contour) =>
      contour.map((point) => ({
        x: component.a * point.x + component.c * point.y + component.dx,
        y: component.b * point.x + component.d * point.y + component.dy,
        onCurve: point.onCurve,
      })),
    ),
  );
}

function readSimple(view: DataView, contourCount: number): ContourPoint[][] {
  const ends: number[] = [];
  for (let i = 0; i < contourCount; i += 1) ends.push(view.getUint16(10 + 2 * i));
  const pointCount = (ends.at(-1) ?? -1) + 1;
  let at = 10 + 2 * contourCount;
  at += 2 + view.getUint16(at);
  const flags = new Uint8Array(pointCount);
  for (let i = 0; i < pointCount; i += 1) {
    const flag = view.getUint8(at);
    at += 1;
    flags[i] = flag;
    if ((flag & 8) === 0) continue;
    for (let repeat = view.getUint8(at); repeat > 0; repeat -= 1) {
      i += 1;
      flags[i] = flag;
    }
    at += 1;
  }
  const xs = readCoordinates(view, at, flags, 2, 16);
  const ys = readCoordinates(view, xs.next, flags, 4, 32);
  let start = 0;
  return ends.map((end) => {
    const contour: ContourPoint[] = [];
    for (let i = start; i <= end; i += 1) {
      contour.push({ x: xs.values[i] ?? 0, y: ys.values[i] ?? 0, onCurve: ((flags[i] ?? 0) & 1) === 1 });
    }
    start = end + 1;
    return contour;
  });
}

function readCoordinates(
  view: DataView,
  start: number,
  flags: Uint8Array,
  shortBit: number,
  sameBit: number,
): { values: Int32Array; next: number } {
  const values = new Int32Array(flags.length);
  let at = start;
  let value = 0;
  for (let i = 0; i < flags.length; i += 1) {
    const flag = flags[i] ?? 0;
    if ((flag & shortBit) !== 0) {
      value += (flag & sameBit) !== 0 ? view.getUint8(at) : -view.getUint8(at);
      at += 1;
    } else if ((flag & sameBit) === 0) {
      value += view.getInt16(at);
      at += 2;
    }
    values[i] = value;
  }
  return { values, next: at };
}

interface Component {
  readonly glyphId: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly dx: number;
  readonly dy: number;
}

function readComponents(view: DataView): Component[] {
  const components: Component[] = [];
  let at = 10;
  let flags = 0x20;
  while ((flags & 0x20) !== 0) {
    flags = view.getUint16(at);
    const glyphId = view.getUint16(at + 2);
    at += 4;
    const words = (flags & 1) !== 0;
    const offsets = (flags & 2) !== 0;
    const dx = offsets ? (words ? view.getInt16(at) : view.getInt8(at)) : 0;
    const dy = offsets ? (words ? view.getInt16(at + 2) : view.getInt8(at + 1)) : 0;
    at += words ? 4 : 2;
    const fixed = (offset: number): number => view.getInt16(at + offset) / 16384;
    let [a, b, c, d] = [1, 0, 0, 1];
    if ((flags & 0x08) !== 0) {
      a = fixed(0);
      d = a;
      at += 2;
    } else if ((flags & 0x40) !== 0) {
      [a, d] = [fixed(0), fixed(2)];
      at += 4;
    } else if ((flags & 0x80) !== 0) {
      [a, b, c, d] = [fixed(0), fixed(2), fixed(4), fixed(6)];
      at += 8;
    }
    components.push({ glyphId, a, b, c, d, dx, dy });
  }
  return components;
}

/** Writes one closed contour; two off-curve points in a row imply an on-curve point half-way. */
function traceContour(contour: readonly ContourPoint[], points: number[]): string {
  if (contour.length < 2) return '';
  const first = contour.findIndex((point) => point.onCurve);
  const turned = first === -1 ? contour : [...contour.slice(first), ...contour.slice(0, first)];
  const [head, last] = [turned[0], turned.at(-1)];
  if (head === undefined || last === undefined) return '';
  const start = head.onCurve ? head : halfway(last, head);
  points.push(start.x, start.y);
  let operators = 'M';
  let control: ContourPoint | null = null;
  for (const point of head.onCurve ? turned.slice(1) : turned) {
    if (control !== null) {
      const end = point.onCurve ? point : halfway(control, point);
      points.push(control.x, control.y, end.x, end.y);
      operators += 'Q';
    } else if (point.onCurve) {
      points.push(point.x, point.y);
      operators += 'L';
    }
    control = point.onCurve ? null : point;
  }
  if (control !== null) {
    points.push(control.x, control.y, start.x, start.y);
    operators += 'Q';
  }
  return `${operators}Z`;
}

function halfway(left: ContourPoint, right: ContourPoint): { x: number; y: number } {
  return { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 };
}
