import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import type { FieldInk, LaidOutDocument } from '../../documents/layout/laid-out-document';
import type { Verdict } from './verdict';

/** Coarse enough that two renderers' edges fall on the same pixels, fine enough to see a missing character. */
const PX_PER_MM = 4;
/** Lighter pixels are paper, tints and security lines; a seal is light in its red. */
const PAPER = 230;
/** Another renderer's ink may be this much more or less than ours: fonts are smoothed differently. */
const MOST_RATIO = 1.5;
/** Below so much ink of ours, in black pixels, a ratio says nothing. */
const LITTLE_INK = 15;

interface Picture {
  readonly width: number;
  readonly pixels: Uint8Array;
}

function readPicture(path: string, page: { widthMm: number; heightMm: number }): Picture {
  const [width, height] = [page.widthMm * PX_PER_MM, page.heightMm * PX_PER_MM];
  const data = readFileSync(path).toString('base64');
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<image width="${width}" height="${height}" preserveAspectRatio="none" href="data:image/png;base64,${data}"/></svg>`;
  const rendered = new Resvg(svg).render();
  return { width: rendered.width, pixels: rendered.pixels };
}

/**
 * How much black lies in the box, in pixels. Grey counts by its darkness: small characters are all grey, and renderers differ
 * in how they spread it but not in how much there is.
 */
function inkIn(picture: Picture, { box }: FieldInk): number {
  let ink = 0;
  for (let y = Math.floor(box.yMm * PX_PER_MM); y < (box.yMm + box.heightMm) * PX_PER_MM; y += 1) {
    for (let x = Math.floor(box.xMm * PX_PER_MM); x < (box.xMm + box.widthMm) * PX_PER_MM; x += 1) {
      const at = 4 * (y * picture.width + x);
      const [red, green, blue] = picture.pixels.subarray(at, at + 3);
      ink += Math.max(0, PAPER - Math.max(red ?? 255, green ?? 255, blue ?? 255)) / PAPER;
    }
  }
  return Math.round(ink);
}

function differs(ours: number, theirs: number): boolean {
  if (ours < LITTLE_INK) return theirs > 2 * LITTLE_INK;
  const ratio = theirs / ours;
  return ratio > MOST_RATIO || ratio < 1 / MOST_RATIO;
}

/**
 * Compares the ink inside each field's box: what ofdrw drew from the OFD and poppler from the PDF with what we drew.
 * @returns one verdict for each of the two files; a picture that is missing is a refusal.
 */
export function compareInk(
  name: string,
  document: LaidOutDocument,
  files: string,
  pictures: string,
): readonly Verdict[] {
  const others = [
    { judge: 'ofdrw ink', file: `${name}.ofd`, picture: (i: number) => `${name}-${i}.png` },
    { judge: 'poppler ink', file: `${name}.pdf`, picture: (i: number) => `${name}.poppler-${i + 1}.png` },
  ];
  return others.map(({ judge, file, picture }) => {
    const wrong = document.pages.flatMap((page, index) => {
      const path = join(pictures, picture(index));
      if (!existsSync(path)) return [`page ${index + 1} was not drawn`];
      const ours = readPicture(join(files, `${name}-${index}.ours.png`), page);
      const theirs = readPicture(path, page);
      return document.fields
        .filter(({ box }) => box.pageIndex === index)
        .map((field) => ({ field, own: inkIn(ours, field), other: inkIn(theirs, field) }))
        .filter(({ own, other }) => differs(own, other))
        .map(({ field, own, other }) => `${field.element}: ink ${own} here, ${other} there`);
    });
    return { judge, file, ok: wrong.length === 0, detail: wrong.join('; ') };
  });
}
