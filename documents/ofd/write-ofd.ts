import type { RasterImage } from '../layout/drawing';
import { escapeXml } from '../layout/escape-xml';
import {
  type CompressedBytes,
  compressBytes,
  fontsOfGroup,
  type GroupFont,
  LEVEL_OF_CONTENT,
  LEVEL_OF_FORMS,
} from '../layout/group-fonts';
import type { DrawingGroup, LaidOutDocument } from '../layout/laid-out-document';
import { shanghaiDate } from '../layout/shanghai-time';
import { writeNumber } from '../layout/write-number';
import { type PackageEntry, packEntries } from './writing/pack-entries';
import { type ObjectContext, writePageObjects } from './writing/page-objects';

export interface OfdAttachment {
  /** File name without a path, unique in the document; letters, digits, `-`, `_` and `.`. */
  readonly name: string;
  /** E.g. `json`, `xml`. */
  readonly format: string;
  readonly data: Uint8Array;
}

export interface OfdOptions {
  /** Identifier of the file, 32 hexadecimal digits by custom. */
  readonly docId: string;
  readonly title: string;
  readonly createdAt: Date;
  /** Metadata codes of GB/T 36903 and their values. */
  readonly customData: Readonly<Record<string, string>>;
  readonly attachments: readonly OfdAttachment[];
}

const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"';
const EMPTY_SIGNATURES = `${XML}<ofd:Signatures ${NAMESPACE}><ofd:MaxSignId>0</ofd:MaxSignId></ofd:Signatures>`;

/** Identifiers are one number space per document (GB/T 33190, 7.1): resources and pages low, objects from here on. */
const FIRST_FORM_FONT = 1;
const FIRST_CONTENT_FONT = 21;
const FIRST_TEMPLATE = 50;
const FIRST_PAGE = 100;
const FIRST_IMAGE = 500;
const FIRST_OBJECT = 1000;

/**
 * Writes a laid-out document as OFD (follows GB/T 33190-2016 as read from deployed implementations): template pages for the fixed
 * form, content pages, embedded font subsets, metadata, attachments, and an empty list of signatures so that OFD.xml need not
 * change when a seal is added. Same input, same bytes.
 * @throws Error when an attachment's name is unfit.
 */
export function writeOfd(document: LaidOutDocument, options: OfdOptions): Uint8Array {
  const formFonts = fontsOfGroup(document.form, document.fonts, LEVEL_OF_FORMS);
  const contentFonts = fontsOfGroup(document.content, document.fonts, LEVEL_OF_CONTENT);
  const form = writeFormPages(document, formFonts);
  const images = imagesOf(document.content);
  const usedForms = [...new Set(document.pages.map((page) => page.formIndex))].sort((a, b) => a - b);
  const context = {
    fonts: idsOf(contentFonts, FIRST_CONTENT_FONT),
    imageIds: new Map(images.map((image, i) => [image, FIRST_IMAGE + i])),
    nextId: form.nextId,
  };
  const pages = document.pages.map((page, i): PackageEntry => {
    const pageContext = { ...context, widthMm: page.widthMm, heightMm: page.heightMm };
    const objects = writePageObjects(document.content.pages[i] ?? [], pageContext);
    context.nextId = pageContext.nextId + 1;
    const content = writePage(page, objects, {
      layerId: pageContext.nextId,
      layerType: 'Body',
      templateId: FIRST_TEMPLATE + page.formIndex,
    });
    return entry(`Doc_0/Pages/Page_${i}/Content.xml`, content);
  });
  const entries: PackageEntry[] = [
    entry('OFD.xml', writeRoot(document, options)),
    entry(
      'Doc_0/Document.xml',
      writeDocument(document, {
        maxId: context.nextId,
        usedForms,
        hasImages: images.length > 0,
        hasAttachments: options.attachments.length > 0,
      }),
    ),
    entry('Doc_0/PublicRes.xml', writeFonts(formFonts, contentFonts)),
    ...formFonts.map((font, i) => entry(`Doc_0/Res/${fontFile(FIRST_FORM_FONT + i)}`, font.file)),
    ...contentFonts.map((font, i) => entry(`Doc_0/Res/${fontFile(FIRST_CONTENT_FONT + i)}`, font.file)),
    ...writeImages(images),
    ...usedForms.map((index) => entry(`Doc_0/Tpls/Tpl_${index}/Content.xml`, form.pages[index] ?? '')),
    ...pages,
    ...writeAttachments(options),
    entry('Doc_0/Signs/Signatures.xml', EMPTY_SIGNATURES),
  ];
  return packEntries(entries, LEVEL_OF_CONTENT);
}

function entry(name: string, content: PackageEntry['content'], store = false): PackageEntry {
  return { name, content, store };
}

function idsOf(fonts: readonly GroupFont[], first: number): ObjectContext['fonts'] {
  return new Map(fonts.map((font, i) => [font.fontKey, { id: first + i, glyphIds: font.glyphIds }]));
}

function fontFile(id: number): string {
  return `font_${id}.ttf`;
}

interface FormPages {
  readonly pages: readonly CompressedBytes[];
  readonly nextId: number;
}

const formPages = new WeakMap<DrawingGroup, FormPages>();

/** Template pages are written and compressed once per form; their identifiers therefore come before all others. */
function writeFormPages(document: LaidOutDocument, fonts: readonly GroupFont[]): FormPages {
  const known = formPages.get(document.form);
  if (known !== undefined) return known;
  let nextId = FIRST_OBJECT;
  const pages = document.form.pages.map((drawings, index) => {
    const size = document.formSizes[index];
    if (size === undefined) throw new Error(`form page ${index} has no size`);
    const context = {
      widthMm: size.widthMm,
      heightMm: size.heightMm,
      fonts: idsOf(fonts, FIRST_FORM_FONT),
      imageIds: new Map<RasterImage, number>(),
      nextId,
    };
    const objects = writePageObjects(drawings, context);
    nextId = context.nextId + 1;
    const ids = { layerId: context.nextId, layerType: 'Background' as const, templateId: null };
    return compressBytes(Buffer.from(writePage(context, objects, ids)), LEVEL_OF_FORMS);
  });
  const written = { pages, nextId };
  formPages.set(document.form, written);
  return written;
}

function writePage(
  size: { readonly widthMm: number; readonly heightMm: number },
  objects: string,
  ids: { layerId: number; layerType: 'Body' | 'Background'; templateId: number | null },
): string {
  const template =
    ids.templateId === null ? '' : `<ofd:Template TemplateID="${ids.templateId}" ZOrder="Background"/>`;
  return (
    `${XML}<ofd:Page ${NAMESPACE}>${template}<ofd:Area>${physicalBox(size)}</ofd:Area>` +
    `<ofd:Content><ofd:Layer ID="${ids.layerId}" Type="${ids.layerType}">${objects}</ofd:Layer></ofd:Content></ofd:Page>`
  );
}

function physicalBox(size: { readonly widthMm: number; readonly heightMm: number }): string {
  return `<ofd:PhysicalBox>0 0 ${writeNumber(size.widthMm)} ${writeNumber(size.heightMm)}</ofd:PhysicalBox>`;
}

function writeRoot(document: LaidOutDocument, options: OfdOptions): string {
  const codes = Object.entries({ ...options.customData, ...document.metadata });
  const custom = codes
    .map(([code, value]) => `<ofd:CustomData Name="${escapeXml(code)}">${escapeXml(value)}</ofd:CustomData>`)
    .join('');
  const created = shanghaiDate(options.createdAt);
  return (
    `${XML}<ofd:OFD ${NAMESPACE} DocType="OFD" Version="1.0"><ofd:DocBody><ofd:DocInfo>` +
    `<ofd:DocID>${escapeXml(options.docId)}</ofd:DocID><ofd:Title>${escapeXml(options.title)}</ofd:Title>` +
    `<ofd:CreationDate>${created}</ofd:CreationDate><ofd:Creator>ecert</ofd:Creator>` +
    (custom === '' ? '' : `<ofd:CustomDatas>${custom}</ofd:CustomDatas>`) +
    '</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>' +
    '<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody></ofd:OFD>'
  );
}

function writeDocument(
  document: LaidOutDocument,
  parts: { maxId: number; usedForms: readonly number[]; hasImages: boolean; hasAttachments: boolean },
): string {
  const templates = parts.usedForms
    .map(
      (index) =>
        `<ofd:TemplatePage ID="${FIRST_TEMPLATE + index}" BaseLoc="Tpls/Tpl_${index}/Content.xml" ZOrder="Background"/>`,
    )
    .join('');
  const pages = document.pages
    .map((_, i) => `<ofd:Page ID="${FIRST_PAGE + i}" BaseLoc="Pages/Page_${i}/Content.xml"/>`)
    .join('');
  const area = document.pages[0];
  return (
    `${XML}<ofd:Document ${NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>${parts.maxId}</ofd:MaxUnitID>` +
    `<ofd:PageArea>${area === undefined ? '' : physicalBox(area)}</ofd:PageArea>` +
    '<ofd:PublicRes>PublicRes.xml</ofd:PublicRes>' +
    (parts.hasImages ? '<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>' : '') +
    `${templates}</ofd:CommonData><ofd:Pages>${pages}</ofd:Pages>` +
    (parts.hasAttachments ? '<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>' : '') +
    '</ofd:Document>'
  );
}

function writeFonts(formFonts: readonly GroupFont[], contentFonts: readonly GroupFont[]): string {
  const write = (font: GroupFont, id: number): string =>
    `<ofd:Font ID="${id}" FontName="${escapeXml(font.postScriptName)}" FamilyName="${escapeXml(font.familyName)}">` +
    `<ofd:FontFile>${fontFile(id)}</ofd:FontFile></ofd:Font>`;
  const fonts = [
    ...formFonts.map((font, i) => write(font, FIRST_FORM_FONT + i)),
    ...contentFonts.map((font, i) => write(font, FIRST_CONTENT_FONT + i)),
  ];
  return `${XML}<ofd:Res ${NAMESPACE} BaseLoc="Res"><ofd:Fonts>${fonts.join('')}</ofd:Fonts></ofd:Res>`;
}

function imagesOf(group: DrawingGroup): RasterImage[] {
  const images = new Set<RasterImage>();
  for (const page of group.pages) {
    for (const drawing of page) if (drawing.kind === 'image') images.add(drawing.image);
  }
  return [...images];
}

function writeImages(images: readonly RasterImage[]): PackageEntry[] {
  if (images.length === 0) return [];
  const file = (image: RasterImage, i: number): string =>
    `image_${FIRST_IMAGE + i}.${image.format === 'jpeg' ? 'jpg' : 'png'}`;
  const list = images
    .map(
      (image, i) =>
        `<ofd:MultiMedia ID="${FIRST_IMAGE + i}" Type="Image" Format="${image.format === 'jpeg' ? 'JPEG' : 'PNG'}">` +
        `<ofd:MediaFile>${file(image, i)}</ofd:MediaFile></ofd:MultiMedia>`,
    )
    .join('');
  return [
    entry(
      'Doc_0/DocumentRes.xml',
      `${XML}<ofd:Res ${NAMESPACE} BaseLoc="Res"><ofd:MultiMedias>${list}</ofd:MultiMedias></ofd:Res>`,
    ),
    ...images.map((image, i) => entry(`Doc_0/Res/${file(image, i)}`, image.data, true)),
  ];
}

function writeAttachments(options: OfdOptions): PackageEntry[] {
  if (options.attachments.length === 0) return [];
  const created = shanghaiDate(options.createdAt);
  const names = new Set<string>();
  const list = options.attachments.map((attachment, i) => {
    const { name } = attachment;
    if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(name) || names.has(name.toLowerCase())) {
      throw new Error('an attachment needs a plain file name of its own');
    }
    names.add(name.toLowerCase());
    return (
      `<ofd:Attachment ID="Att_${i + 1}" Name="${name}" Format="${escapeXml(attachment.format)}" ` +
      `CreationDate="${created}" Size="${writeNumber(attachment.data.length / 1024)}" Visible="false">` +
      `<ofd:FileLoc>${name}</ofd:FileLoc></ofd:Attachment>`
    );
  });
  return [
    entry(
      'Doc_0/Attachs/Attachments.xml',
      `${XML}<ofd:Attachments ${NAMESPACE}>${list.join('')}</ofd:Attachments>`,
    ),
    ...options.attachments.map((attachment) => entry(`Doc_0/Attachs/${attachment.name}`, attachment.data)),
  ];
}
