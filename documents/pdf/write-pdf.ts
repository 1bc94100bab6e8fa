import { deflateSync } from 'node:zlib';
import type { Drawing, RasterImage } from '../layout/drawing';
import { escapeXml } from '../layout/escape-xml';
import { formWithNotice } from '../layout/form-with-notice';
import { fontsOfGroup, type GroupFont, LEVEL_OF_CONTENT, LEVEL_OF_FORMS } from '../layout/group-fonts';
import type { DrawingGroup, LaidOutDocument } from '../layout/laid-out-document';
import { shanghaiCompact } from '../layout/shanghai-time';
import { writeNumber } from '../layout/write-number';
import { embedFont } from './embed-font';
import { embedImage } from './embed-image';
import { type ContentResources, writeContent } from './page-content';
import { createPdfFile, type PdfFile } from './pdf-file';
import { writeDate, writeName, writeTextString } from './pdf-values';

export interface PdfOptions {
  readonly title: string;
  readonly createdAt: Date;
  /** Metadata codes of GB/T 36903 and their values; they go into the information dictionary. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Printed at the foot of every page, e.g. DERIVED_NOTICE; null prints none. */
  readonly derivedNotice: string | null;
}

/** The PDF is a derived view: the OFD file is the certificate (国令716 art. 10 wants the national format). */
export const DERIVED_NOTICE = '派生件，以OFD为准';

const POINTS_PER_MM = 72 / 25.4;

/**
 * Writes a laid-out document as PDF 1.7: embedded TrueType subsets with ToUnicode, the fixed form as form XObjects that are
 * compressed once per template, metadata in the information dictionary. Same input, same bytes.
 */
export function writePdf(document: LaidOutDocument, options: PdfOptions): Uint8Array {
  const file = createPdfFile();
  const catalogue = file.reserve();
  const pageTree = file.reserve();
  const forms = createForms(file, document, formWithNotice(document, options.derivedNotice));
  const images = embedImages(file, document.content);
  const content = layerResources(file, document, document.content, LEVEL_OF_CONTENT);
  const resources: ContentResources = { fonts: content.fonts, images: images.names };
  const pages = document.pages.map((page, i) => {
    const width = writeNumber(page.widthMm * POINTS_PER_MM);
    const height = writeNumber(page.heightMm * POINTS_PER_MM);
    const scale = writeFactor(POINTS_PER_MM);
    const drawn = writeContent(document.content.pages[i] ?? [], resources);
    const text = `q ${scale} 0 0 -${scale} 0 ${height} cm\n/Fm Do\n${drawn}Q\n`;
    const stream = file.addStream('/Filter/FlateDecode', compress(text, LEVEL_OF_CONTENT));
    const objects = `/Fm ${forms(page.formIndex)} 0 R${images.dictionary}`;
    return file.add(
      `<</Type/Page/Parent ${pageTree} 0 R/MediaBox[0 0 ${width} ${height}]/Contents ${stream} 0 R` +
        `/Resources<<${content.dictionary}/XObject<<${objects}>>>>>>`,
    );
  });
  file.add(
    `<</Type/Pages/Count ${pages.length}/Kids[${pages.map((page) => `${page} 0 R`).join(' ')}]>>`,
    pageTree,
  );
  const codes = { ...options.metadata, ...document.metadata };
  const xmp = file.addStream(
    '/Type/Metadata/Subtype/XML/Filter/FlateDecode',
    deflateSync(Buffer.from(writeXmp(options)), { level: LEVEL_OF_CONTENT }),
  );
  file.add(
    `<</Type/Catalog/Pages ${pageTree} 0 R/Metadata ${xmp} 0 R/Lang(zh-CN)/ViewerPreferences<</DisplayDocTitle true>>>>`,
    catalogue,
  );
  const info = file.add(writeInformation(options, codes));
  return file.finish({ root: catalogue, info });
}

function writeFactor(value: number): string {
  return `${Math.round(value * 1e6) / 1e6}`;
}

function compress(text: string, level: number): Uint8Array {
  return deflateSync(Buffer.from(text, 'latin1'), { level });
}

interface LayerResources {
  readonly fonts: ContentResources['fonts'];
  /** The /Font part of a resource dictionary. */
  readonly dictionary: string;
}

function resourceFonts(fonts: readonly GroupFont[]): ContentResources['fonts'] {
  return new Map(fonts.map((font, i) => [font.fontKey, { name: `F${i}`, glyphIds: font.glyphIds }]));
}

function layerResources(
  file: PdfFile,
  document: LaidOutDocument,
  group: DrawingGroup,
  level: number,
): LayerResources {
  const tables = level === LEVEL_OF_FORMS ? 'glyphs' : 'whole';
  const fonts = fontsOfGroup(group, document.fonts, level, tables);
  const entries = fonts.map((font, i) => `/F${i} ${embedFont(file, font)} 0 R`).join('');
  return { fonts: resourceFonts(fonts), dictionary: entries === '' ? '' : `/Font<<${entries}>>` };
}

const compressedForms = new WeakMap<readonly Drawing[], Uint8Array>();

function compressedForm(drawings: readonly Drawing[], fonts: ContentResources['fonts']): Uint8Array {
  const known = compressedForms.get(drawings);
  if (known !== undefined) return known;
  const computed = compress(writeContent(drawings, { fonts, images: new Map() }), LEVEL_OF_FORMS);
  compressedForms.set(drawings, computed);
  return computed;
}

/** Form XObjects of the fixed form, each written when a page first asks for it. */
function createForms(
  file: PdfFile,
  document: LaidOutDocument,
  group: DrawingGroup,
): (formIndex: number) => number {
  const numbers = new Map<number, number>();
  const resources = layerResources(file, document, group, LEVEL_OF_FORMS);
  return (formIndex) => {
    const known = numbers.get(formIndex);
    if (known !== undefined) return known;
    const drawings = group.pages[formIndex];
    const size = document.formSizes[formIndex];
    if (drawings === undefined || size === undefined) throw new Error(`the form has no page ${formIndex}`);
    const box = `/BBox[0 0 ${writeNumber(size.widthMm)} ${writeNumber(size.heightMm)}]`;
    const number = file.addStream(
      `/Type/XObject/Subtype/Form${box}/Resources<<${resources.dictionary}>>/Filter/FlateDecode`,
      compressedForm(drawings, resources.fonts),
    );
    numbers.set(formIndex, number);
    return number;
  };
}

function embedImages(
  file: PdfFile,
  group: DrawingGroup,
): { names: ReadonlyMap<RasterImage, string>; dictionary: string } {
  const names = new Map<RasterImage, string>();
  let dictionary = '';
  for (const drawing of group.pages.flat()) {
    if (drawing.kind !== 'image' || names.has(drawing.image)) continue;
    const name = `Im${names.size}`;
    names.set(drawing.image, name);
    dictionary += `/${name} ${embedImage(file, drawing.image)} 0 R`;
  }
  return { names, dictionary };
}

function writeInformation(options: PdfOptions, codes: Readonly<Record<string, string>>): string {
  const created = writeDate(shanghaiCompact(options.createdAt));
  const custom = Object.entries(codes)
    .map(([code, value]) => `${writeName(code)}${writeTextString(value)}`)
    .join('');
  return `<</Title${writeTextString(options.title)}/Producer(ecert)/CreationDate${created}/ModDate${created}${custom}>>`;
}

function writeXmp(options: PdfOptions): string {
  return (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">' +
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ' +
    'xmlns:dc="http://purl.org/dc/elements/1.1/">' +
    `<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(options.title)}</rdf:li></rdf:Alt></dc:title>` +
    '</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="r"?>'
  );
}
