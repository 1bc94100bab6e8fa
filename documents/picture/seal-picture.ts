import type { FontChain, FontRole, FoundGlyph } from '../fonts/font-chain';
import { traceOnGrid } from '../fonts/trace-on-grid';
import type { Colour, PathDrawing } from '../layout/drawing';
import { findForbiddenCharacter } from '../layout/forbidden-characters';
import { writeContent } from '../pdf/page-content';
import { writeOneColourPng } from './one-colour-png';
import { rasterizeCoverage } from './render-png';
import { drawSvg } from './render-svg';

export interface SealDesign {
  /** Name of the organ, set along the ring. */
  readonly ringText: string;
  /** E.g. 不动产登记专用章, set below the star; null for none. */
  readonly centreText: string | null;
  readonly shape: 'round' | 'oval';
  /** Width; a round seal of a bureau measures 42 mm, of a company 38 to 42 mm (国发〔1999〕25号). */
  readonly diameterMm: number;
}

/** A seal as vectors: everything in millimetres from its top left corner. */
export interface SealPicture {
  readonly widthMm: number;
  readonly heightMm: number;
  readonly drawings: readonly PathDrawing[];
}

export type SealPictureOutcome =
  | { readonly ok: true; readonly picture: SealPicture }
  | {
      readonly ok: false;
      readonly refusal: {
        readonly code: 'missingGlyph' | 'forbiddenCharacter' | 'textTooLong' | 'emptyText';
        readonly field: 'ringText' | 'centreText';
        /** Code point and place (from 0) of a refused character. */
        readonly codePoint: string | null;
        readonly position: number | null;
      };
    };

export const SEAL_RED: Colour = [208, 24, 30];
const FONT: FontRole = 'songBold';
const OVAL_RATIO = 30 / 45;
const MAXIMUM_RING_CHARACTERS = 40;
const MAXIMUM_CENTRE_CHARACTERS = 16;
/** The text takes at most this part of the ring, less when a line below the star needs the room; the gap is at the foot. */
const RING_SHARE = 0.74;
const RING_SHARE_BESIDE_TEXT = 0.66;

/**
 * Draws an official seal: red ring, five-pointed star, the organ's name along the ring read clockwise, the purpose below the
 * star. An oval seal has no star; its centre text stands in the middle.
 */
export function drawSealPicture(design: SealDesign, fonts: FontChain): SealPictureOutcome {
  const ring = readGlyphs(design.ringText, 'ringText', MAXIMUM_RING_CHARACTERS, fonts);
  if (!ring.ok) return ring;
  const centre = readGlyphs(design.centreText ?? '', 'centreText', MAXIMUM_CENTRE_CHARACTERS, fonts);
  if (!centre.ok) return centre;
  const widthMm = design.diameterMm;
  const heightMm = design.shape === 'round' ? widthMm : widthMm * OVAL_RATIO;
  const border = widthMm * 0.028;
  const frame: Ellipse = {
    x: widthMm / 2,
    y: heightMm / 2,
    a: widthMm / 2 - border / 2,
    b: heightMm / 2 - border / 2,
  };
  const crowded = design.shape === 'round' && centre.glyphs.length > 0;
  const share = crowded ? RING_SHARE_BESIDE_TEXT : RING_SHARE;
  const drawings: PathDrawing[] = [
    drawEllipse(frame, border),
    ...drawRingText(ring.glyphs, frame, border, share),
  ];
  if (design.shape === 'round') drawings.push(drawStar(frame.x, frame.y, widthMm * 0.155));
  if (centre.glyphs.length > 0) {
    const y = design.shape === 'round' ? heightMm * 0.745 : heightMm / 2;
    const room = widthMm * (design.shape === 'round' ? 0.42 : 0.56);
    drawings.push(...drawStraightText(centre.glyphs, { x: frame.x, y, room }, widthMm));
  }
  return { ok: true, picture: { widthMm, heightMm, drawings } };
}

/** The seal on a transparent ground, as an electronic seal carries it. */
export function sealPictureAsPng(picture: SealPicture, dpi: number): Uint8Array {
  const drawn = rasterizeCoverage(sealPictureAsSvg(picture), picture.widthMm, dpi);
  return writeOneColourPng({ ...drawn, colour: SEAL_RED });
}

/** The seal as self-contained SVG on a transparent ground. */
export function sealPictureAsSvg(picture: SealPicture): string {
  return drawSvg(picture.drawings, null, { ...picture, transparent: true });
}

/**
 * The seal as operators of a PDF content stream for an appearance whose box measures the seal's width and height in points,
 * origin bottom left.
 */
export function sealPictureAsPdfContent(picture: SealPicture): string {
  const factor = Math.round((72 / 25.4) * 1e6) / 1e6;
  const height = Math.round(picture.heightMm * factor * 100) / 100;
  const content = writeContent(picture.drawings, { fonts: new Map(), images: new Map() });
  return `q ${factor} 0 0 -${factor} 0 ${height} cm\n${content}Q\n`;
}

type GlyphsOutcome =
  | { readonly ok: true; readonly glyphs: readonly FoundGlyph[] }
  | Extract<SealPictureOutcome, { ok: false }>;

function readGlyphs(
  text: string,
  field: 'ringText' | 'centreText',
  maximum: number,
  fonts: FontChain,
): GlyphsOutcome {
  const refuse = (
    code: Extract<SealPictureOutcome, { ok: false }>['refusal']['code'],
    at: { codePoint: number; position: number } | null,
  ): GlyphsOutcome => ({
    ok: false,
    refusal: {
      code,
      field,
      codePoint: at === null ? null : `U+${at.codePoint.toString(16).toUpperCase().padStart(4, '0')}`,
      position: at?.position ?? null,
    },
  });
  const characters = Array.from(text);
  if (characters.length === 0 && field === 'ringText') return refuse('emptyText', null);
  if (characters.length > maximum) return refuse('textTooLong', null);
  const lineFeed = characters.indexOf('\n');
  if (lineFeed !== -1) return refuse('forbiddenCharacter', { codePoint: 0x0a, position: lineFeed });
  const forbidden = findForbiddenCharacter(text, 'zh');
  if (forbidden !== null) return refuse('forbiddenCharacter', forbidden);
  const glyphs: FoundGlyph[] = [];
  for (const [position, character] of characters.entries()) {
    const codePoint = character.codePointAt(0) ?? 0;
    const glyph = fonts.find(FONT, codePoint);
    if (glyph === null) return refuse('missingGlyph', { codePoint, position });
    glyphs.push(glyph);
  }
  return { ok: true, glyphs };
}

interface Ellipse {
  readonly x: number;
  readonly y: number;
  readonly a: number;
  readonly b: number;
}

/** Four Bézier arcs; 0.5523 is the usual approximation of a quarter circle. */
function drawEllipse({ x, y, a, b }: Ellipse, strokeMm: number): PathDrawing {
  const k = 0.5522847498;
  return {
    kind: 'path',
    operators: 'MCCCCZ',
    points: [
      ...[x + a, y, x + a, y + k * b, x + k * a, y + b, x, y + b],
      ...[x - k * a, y + b, x - a, y + k * b, x - a, y],
      ...[x - a, y - k * b, x - k * a, y - b, x, y - b],
      ...[x + k * a, y - b, x + a, y - k * b, x + a, y],
    ],
    fill: null,
    stroke: { colour: SEAL_RED, widthMm: strokeMm },
  };
}

function drawStar(x: number, y: number, radius: number): PathDrawing {
  const inner = radius * 0.381966;
  const points: number[] = [];
  for (let i = 0; i < 10; i += 1) {
    const angle = -Math.PI / 2 + (i * Math.PI) / 5;
    const r = i % 2 === 0 ? radius : inner;
    points.push(x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  return { kind: 'path', operators: 'MLLLLLLLLLZ', points, fill: SEAL_RED, stroke: null };
}

const STEPS = 720;

/** Angles at which equal ways along the ellipse end, from the foot clockwise; index i is i/STEPS of the whole way. */
function anglesByWay(ellipse: Ellipse): number[] {
  const angles = [Math.PI / 2];
  const ways = [0];
  for (let i = 1; i <= STEPS * 4; i += 1) {
    const angle = Math.PI / 2 + (i / (STEPS * 4)) * 2 * Math.PI;
    const step =
      ((2 * Math.PI) / (STEPS * 4)) * Math.hypot(ellipse.a * Math.sin(angle), ellipse.b * Math.cos(angle));
    angles.push(angle);
    ways.push((ways[i - 1] ?? 0) + step);
  }
  const whole = ways.at(-1) ?? 1;
  const even: number[] = [];
  let at = 0;
  for (let i = 0; i <= STEPS; i += 1) {
    while (at < ways.length - 1 && (ways[at] ?? 0) < (whole * i) / STEPS) at += 1;
    even.push(angles[at] ?? 0);
  }
  return even;
}

function drawRingText(
  glyphs: readonly FoundGlyph[],
  frame: Ellipse,
  border: number,
  share: number,
): PathDrawing[] {
  const round = frame.a === frame.b;
  const heightMm = Math.min(frame.a, frame.b) * (round ? 0.32 : 0.34);
  const inset = border * 1.2 + heightMm;
  const base: Ellipse = { ...frame, a: frame.a - inset, b: frame.b - inset };
  const way = Math.PI * (3 * (base.a + base.b) - Math.sqrt((3 * base.a + base.b) * (base.a + 3 * base.b)));
  const count = glyphs.length;
  const slot = Math.min(share / count, 0.105);
  const widthMm = Math.min(heightMm * 0.86, way * slot * 0.98);
  const angles = anglesByWay(base);
  const start = 0.5 - (slot * (count - 1)) / 2;
  return glyphs.map((glyph, i) => {
    const angle = angles[Math.round((start + i * slot) * STEPS)] ?? 0;
    const x = base.x + base.a * Math.cos(angle);
    const y = base.y + base.b * Math.sin(angle);
    const normal = Math.atan2(Math.sin(angle) / base.b, Math.cos(angle) / base.a);
    return placeGlyph(glyph, { x, y, turn: normal + Math.PI / 2, widthMm, heightMm });
  });
}

interface GlyphPlace {
  /** Middle of the foot of the character. */
  readonly x: number;
  readonly y: number;
  /** Clockwise turn in radians. */
  readonly turn: number;
  readonly widthMm: number;
  readonly heightMm: number;
}

/** Units of the em on whose grid a seal's characters lie: at 6 mm a step is 24 µm, one dot at 1,000 dpi. */
const GRID_PER_EM = 250;
/** Characters stand a little above the foot of their place. */
const RAISED = 0.12;

/** A glyph's outline, scaled apart in both directions, as a filled path on a grid of its own. */
function placeGlyph(glyph: FoundGlyph, place: GlyphPlace): PathDrawing {
  const { font, glyphId } = glyph;
  const { unitsPerEm } = font.metrics;
  const traced = traceOnGrid(font.outlineOf(glyphId), unitsPerEm / GRID_PER_EM);
  const [cos, sin] = [Math.cos(place.turn), Math.sin(place.turn)];
  const [right, up] = [place.widthMm / GRID_PER_EM, place.heightMm / GRID_PER_EM];
  const half = (font.advanceOf(glyphId) / unitsPerEm / 2) * place.widthMm;
  const raised = RAISED * place.heightMm;
  return {
    kind: 'path',
    ...traced,
    fill: SEAL_RED,
    stroke: null,
    matrix: [
      right * cos,
      right * sin,
      up * sin,
      -up * cos,
      place.x - half * cos + raised * sin,
      place.y - half * sin - raised * cos,
    ],
  };
}

function drawStraightText(
  glyphs: readonly FoundGlyph[],
  place: { readonly x: number; readonly y: number; readonly room: number },
  sealWidthMm: number,
): PathDrawing[] {
  const { x, y, room } = place;
  const widthMm = Math.min(room / glyphs.length, sealWidthMm * 0.105);
  const heightMm = Math.min(widthMm * 1.3, sealWidthMm * 0.105);
  return glyphs.map((glyph, i) =>
    placeGlyph(glyph, {
      x: x + (i - (glyphs.length - 1) / 2) * widthMm,
      y: y + heightMm / 2,
      turn: 0,
      widthMm,
      heightMm,
    }),
  );
}
