import { deflateSync } from 'node:zlib';
import type { PageBox } from './page-tree';
import type { PdfSignatureAppearance } from './pdf-signature-order';
import { pdfNumber, type UpdatedObject, withEntries } from './write-pdf-update';

const POINTS_PER_MM = 72 / 25.4;

/** The field's place on the page as /Rect; without an appearance it has no area. */
export function widgetRectangle(box: PageBox, appearance: PdfSignatureAppearance | undefined): string {
  if (appearance === undefined) return '[0 0 0 0]';
  const x = box.left + appearance.xMm * POINTS_PER_MM;
  const top = box.top - appearance.yMm * POINTS_PER_MM;
  const right = x + appearance.widthMm * POINTS_PER_MM;
  const bottom = top - appearance.heightMm * POINTS_PER_MM;
  return `[${[x, bottom, right, top].map(pdfNumber).join(' ')}]`;
}

const MAX_REMEMBERED_CONTENTS = 32;
const compressedContents = new Map<string, Buffer>();

/** A seal picture drawn as vectors is 25 kB of text; the same one stands on thousands of certificates. */
function compressedContent(content: string): Buffer {
  const known = compressedContents.get(content);
  if (known !== undefined) return known;
  const compressed = deflateSync(Buffer.from(content, 'latin1'), { level: 9 });
  if (compressedContents.size >= MAX_REMEMBERED_CONTENTS) compressedContents.clear();
  compressedContents.set(content, compressed);
  return compressed;
}

/** The picture of the signature as a form XObject. */
export function appearanceObject(number: number, appearance: PdfSignatureAppearance): UpdatedObject {
  const width = pdfNumber(appearance.widthMm * POINTS_PER_MM);
  const height = pdfNumber(appearance.heightMm * POINTS_PER_MM);
  const content = compressedContent(appearance.content);
  const dictionary = withEntries(undefined, {
    Type: '/XObject',
    Subtype: '/Form',
    BBox: `[0 0 ${width} ${height}]`,
    Resources: '<< >>',
    Filter: '/FlateDecode',
    Length: String(content.length),
  });
  return { number, generation: 0, body: `${dictionary}\nstream\n${content.toString('latin1')}\nendstream` };
}
