import { deflateSync } from 'node:zlib';
import type { PdfStep } from '../../documents/pdf-signature/pdf-reasons';
import { type PdfFile, readPdfFile } from '../../documents/pdf-signature/reading/read-pdf-file';
import {
  appendUpdate,
  nextObjectNumber,
  sourceText,
  type UpdatedObject,
  withEntries,
} from '../../documents/pdf-signature/write-pdf-update';
import { makeSimplePdf } from './simple-pdf';

/** A file that somebody without the key made out of a signed one. */
export interface PdfMutation {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Steps of which one must be the first that fails; absent where any refusal will do. */
  readonly steps?: readonly PdfStep[];
}

/** Offsets of the first signature of a file. */
export interface SignaturePlace {
  readonly byteRange: { readonly start: number; readonly end: number };
  readonly contents: { readonly start: number; readonly end: number };
}

/** Finds the n-th signature dictionary by its text; only for files of our own. */
export function signaturePlace(bytes: Uint8Array, nth = 0): SignaturePlace {
  const text = Buffer.from(bytes).toString('latin1');
  let at = -1;
  for (let i = 0; i <= nth; i += 1) at = text.indexOf('/ByteRange [', at + 1);
  const start = at + '/ByteRange '.length;
  const contents = text.indexOf('/Contents <', at) + '/Contents '.length;
  return {
    byteRange: { start, end: text.indexOf(']', start) + 1 },
    contents: { start: contents, end: text.indexOf('>', contents) + 1 },
  };
}

function changed(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ mask;
  return copy;
}

/** Overwrites text of the same length in place. */
export function overwritten(bytes: Uint8Array, at: number, text: string): Uint8Array {
  const copy = Buffer.from(bytes);
  copy.write(text, at, 'latin1');
  return copy;
}

/** Bytes that some signature covers are flipped one by one; the /Contents strings, which none covers, are left out. */
function flips(bytes: Uint8Array, count: number, coveredEnd: number): PdfMutation[] {
  const signatures = Buffer.from(bytes).toString('latin1').split('/ByteRange [').length - 1;
  const gaps = Array.from({ length: signatures }, (_, nth) => signaturePlace(bytes, nth).contents);
  const covered = Array.from({ length: coveredEnd }, (_, at) => at).filter(
    (at) => !gaps.some(({ start, end }) => at >= start && at < end),
  );
  return Array.from({ length: count }, (_, index) => {
    const at = covered[Math.floor(((index + 0.5) * covered.length) / count)] ?? 0;
    return { name: `flip covered byte ${at}`, bytes: changed(bytes, at, 1 << (index % 7)) };
  });
}

/** Digits of /Contents, each replaced by another digit, from the structure's head to its signature. */
function contentsFlips(bytes: Uint8Array, count: number): PdfMutation[] {
  const { contents } = signaturePlace(bytes);
  const hex = Buffer.from(bytes.subarray(contents.start + 1, contents.end - 1)).toString('latin1');
  const used = hex.replace(/0+$/, '').length;
  return Array.from({ length: count }, (_, index) => {
    const at = Math.floor(((index + 0.5) * used) / count);
    const digit = Number.parseInt(hex[at] ?? '0', 16);
    const other = ((digit + 1 + (index % 14)) % 16).toString(16);
    return {
      name: `contents digit ${at}`,
      bytes: overwritten(bytes, contents.start + 1 + at, other),
    };
  });
}

function appended(bytes: Uint8Array): PdfMutation[] {
  const file = Buffer.from(bytes);
  const tail = (name: string, extra: Uint8Array): PdfMutation => ({
    name,
    bytes: Buffer.concat([file, extra]),
  });
  return [
    tail('append a line end', Buffer.from('\n')),
    tail('append a comment', Buffer.from('% approved\n')),
    tail('append zeros', Buffer.alloc(512)),
    tail('append an end mark', Buffer.from('\n%%EOF\n')),
    tail('append the file itself', file),
    tail('append an object that nothing names', Buffer.from('99 0 obj\n<< /Type /Page >>\nendobj\n')),
    { name: 'bytes before the header', bytes: Buffer.concat([Buffer.from('\n'), file]), steps: ['format'] },
    { name: 'cut the last line', bytes: file.subarray(0, file.length - 7) },
    { name: 'cut in the middle', bytes: file.subarray(0, file.length >> 1) },
    { name: 'cut to the header', bytes: file.subarray(0, 12), steps: ['format'] },
  ];
}

function byteRangeTricks(bytes: Uint8Array): PdfMutation[] {
  const { byteRange, contents } = signaturePlace(bytes);
  const width = byteRange.end - byteRange.start;
  const rest = bytes.length - contents.end;
  const range = (name: string, text: string): PdfMutation => ({
    name: `byte range: ${name}`,
    bytes: overwritten(bytes, byteRange.start, text.padEnd(width).slice(0, width)),
    steps: ['format', 'byte_range'],
  });
  return [
    range('starts at 1', `[1 ${contents.start - 1} ${contents.end} ${rest}]`),
    range('gap begins early', `[0 ${contents.start - 20} ${contents.end} ${rest}]`),
    range('gap ends late', `[0 ${contents.start} ${contents.end + 20} ${rest - 20}]`),
    range('leaves out the tail', `[0 ${contents.start} ${contents.end} ${rest - 30}]`),
    range('goes beyond the file', `[0 ${contents.start} ${contents.end} ${rest + 30}]`),
    range('overlaps', `[0 ${contents.start + 10} ${contents.start} ${bytes.length - contents.start}]`),
    range('covers nothing after the gap', `[0 ${contents.start} ${contents.end} 0]`),
    range('two numbers', `[0 ${contents.start}]`),
    range('six numbers', `[0 1 1 ${contents.start - 1} ${contents.end} ${rest}]`.replace('0 1 1', '0 1 1')),
    range('negative', `[0 ${contents.start} -${contents.end} ${rest}]`),
    range('real numbers', `[0 ${contents.start}.0 ${contents.end} ${rest}]`),
    range('strings', '[(0) (1) (2) (3)]'),
  ];
}

interface Revision {
  readonly file: PdfFile;
  readonly root: number;
  readonly free: number;
  /** Body of an existing dictionary object with entries set. */
  edited(number: number, changes: Readonly<Record<string, string>>): UpdatedObject;
  update(objects: readonly UpdatedObject[]): Uint8Array;
}

function revision(bytes: Uint8Array): Revision {
  const file = readPdfFile(bytes);
  const root = file.trailer.entries.get('Root');
  if (root?.kind !== 'reference') throw new Error('no root');
  return {
    file,
    root: root.number,
    free: nextObjectNumber(file),
    edited: (number, changes) => {
      const object = file.object(number);
      if (object?.kind !== 'dictionary') throw new Error(`object ${number} is no dictionary`);
      return { number, generation: 0, body: withEntries(object, changes) };
    },
    update: (objects) => appendUpdate(file, objects, Buffer.from('attacker')).bytes,
  };
}

const EVIL = 'BT /F1 40 Tf 72 500 Td (forged) Tj ET';
const evilStream = `<< /Length ${EVIL.length} >>\nstream\n${EVIL}\nendstream`;
const overlay = `<< /Type /XObject /Subtype /Form /BBox [0 0 500 500] /Resources << >> /Length 26 >>\nstream\n1 g 0 0 500 500 re f 0 g 00\nendstream`;

function form(given: Revision): { number: number; fields: string } {
  const catalog = given.file.dictionary(given.file.trailer.entries.get('Root'));
  const entry = catalog?.entries.get('AcroForm');
  if (entry?.kind !== 'reference') throw new Error('no form');
  const fields = given.file.array(given.file.dictionary(entry)?.entries.get('Fields'));
  return { number: entry.number, fields: (fields?.items ?? []).map((item) => sourceText(item)).join(' ') };
}

function fieldOf(given: Revision): number {
  return Number(form(given).fields.split(' ')[0]);
}

/** Changes by incremental update, the way viewers save and attackers forge. The page is object 4, its text object 5. */
function contentUpdates(bytes: Uint8Array): PdfMutation[] {
  const given = revision(bytes);
  const { root, free } = given;
  const steps: PdfStep[] = ['later_changes'];
  const update = (name: string, ...objects: UpdatedObject[]): PdfMutation => ({
    name: `update: ${name}`,
    bytes: given.update(objects),
    steps,
  });
  const added = (offset: number, body: string): UpdatedObject => ({
    number: free + offset,
    generation: 0,
    body,
  });
  return [
    update('nothing'),
    update('page text replaced', { number: 5, generation: 0, body: evilStream }),
    update('page points to other text', given.edited(4, { Contents: `${free} 0 R` }), added(0, evilStream)),
    update(
      'page gets a second text',
      given.edited(4, { Contents: `[5 0 R ${free} 0 R]` }),
      added(0, evilStream),
    ),
    update('page box cut', given.edited(4, { MediaBox: '[0 0 300 300]' })),
    update('page turned', given.edited(4, { Rotate: '180' })),
    update('font exchanged', given.edited(3, { BaseFont: '/Courier' })),
    update('page tree replaced', given.edited(2, { Kids: '[4 0 R 4 0 R]', Count: '2' })),
    update(
      'page added',
      given.edited(2, { Kids: `[4 0 R ${free} 0 R]`, Count: '2' }),
      added(0, '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>'),
    ),
    update(
      'action on opening',
      given.edited(root, { OpenAction: '<< /S /JavaScript /JS (app.alert\\(1\\)) >>' }),
    ),
    update(
      'other page tree in the catalog',
      given.edited(root, { Pages: `${free} 0 R` }),
      added(0, '<< /Type /Pages /Kids [4 0 R] /Count 1 >>'),
    ),
    update('optional content', given.edited(root, { OCProperties: '<< /OCGs [] /D << >> >>' })),
    update('object of another generation', {
      number: 3,
      generation: 1,
      body: '<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>',
    }),
    update('validation data with a stowaway', given.edited(root, { DSS: '<< /Type /DSS /Extra 5 0 R >>' })),
    update(
      'validation data hiding a change',
      given.edited(root, { DSS: `<< /Type /DSS /Certs [${free} 0 R] >>` }),
      added(0, evilStream),
      { number: 5, generation: 0, body: evilStream },
    ),
  ];
}

function formUpdates(bytes: Uint8Array): PdfMutation[] {
  const given = revision(bytes);
  const { root, free } = given;
  const { number: formNumber, fields } = form(given);
  const field = fieldOf(given);
  const page = given.file.dictionary(given.file.object(4));
  const annotations = (given.file.array(page?.entries.get('Annots'))?.items ?? [])
    .map((item) => sourceText(item))
    .join(' ');
  const added = (offset: number, body: string): UpdatedObject => ({
    number: free + offset,
    generation: 0,
    body,
  });
  const update = (name: string, steps: readonly PdfStep[], ...objects: UpdatedObject[]): PdfMutation => ({
    name: `update: ${name}`,
    bytes: given.update(objects),
    steps,
  });
  const value = given.file.dictionary(given.file.object(field))?.entries.get('V');
  const signature = value === undefined ? '' : sourceText(value);
  const widget = (entries: string): string =>
    `<< /Type /Annot /Subtype /Widget /Rect [50 50 550 800] /F 4 /P 4 0 R ${entries} >>`;
  const withField = (body: string): UpdatedObject[] => [
    given.edited(formNumber, { Fields: `[${fields} ${free} 0 R]` }),
    given.edited(4, { Annots: `[${annotations} ${free} 0 R]` }),
    added(0, body),
    added(1, overlay),
  ];
  const later: PdfStep[] = ['later_changes'];
  return [
    update(
      'annotation over the page',
      later,
      given.edited(4, { Annots: `[${annotations} ${free} 0 R]` }),
      added(0, `<< /Type /Annot /Subtype /FreeText /Rect [50 50 550 800] /AP << /N ${free + 1} 0 R >> >>`),
      added(1, overlay),
    ),
    update('annotations taken away', later, given.edited(4, { Annots: '[]' })),
    update('form taken away', ['format'], given.edited(root, { AcroForm: 'null' })),
    update('fields taken away', ['format'], given.edited(formNumber, { Fields: '[]' })),
    update('form fills in appearances', later, given.edited(formNumber, { NeedAppearances: 'true' })),
    update(
      'empty signature field over the page',
      later,
      ...withField(widget(`/FT /Sig /T (S9) /AP << /N ${free + 1} 0 R >>`)),
    ),
    update(
      'text field over the page',
      later,
      ...withField(widget(`/FT /Tx /T (t) /V (forged) /AP << /N ${free + 1} 0 R >>`)),
    ),
    update(
      'second field with the same signature',
      ['format', 'later_changes'],
      ...withField(widget(`/FT /Sig /T (S9) /V ${signature} /AP << /N ${free + 1} 0 R >>`)),
    ),
    update(
      'field of the same name',
      ['format', 'later_changes'],
      ...withField(widget(`/FT /Sig /T <FEFF005300690067006E00610074007500720065003100> /V ${signature}`)),
    ),
    update(
      'field with an action',
      ['format', 'later_changes'],
      ...withField(widget(`/FT /Sig /T (S9) /A << /S /JavaScript /JS (x) >> /V ${signature}`)),
    ),
    update(
      'seal picture exchanged',
      later,
      given.edited(field, { AP: `<< /N ${free} 0 R >>` }),
      added(0, overlay),
    ),
    update('seal moved', later, given.edited(field, { Rect: '[0 0 10 10]' })),
    update('signature emptied', ['format'], given.edited(field, { V: 'null' })),
    update('signature copied to the end', ['byte_range'], ...copiedSignature(given, field, free)),
    update(
      'signature that is a stranger',
      ['later_changes', 'byte_range', 'format'],
      ...withField(widget(`/FT /Sig /T (S9) /V ${free + 2} 0 R`)),
      added(
        2,
        '<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 10 20 30] /Contents <3000> >>',
      ),
    ),
  ];
}

/** Signature wrapping: the field points to a copy whose byte range still names the old place. */
function copiedSignature(given: Revision, field: number, free: number): UpdatedObject[] {
  const value = given.file.dictionary(given.file.object(field))?.entries.get('V');
  const dictionary = given.file.dictionary(value);
  if (dictionary === undefined) throw new Error('no signature');
  return [
    given.edited(field, { V: `${free} 0 R` }),
    { number: free, generation: 0, body: withEntries(dictionary, {}) },
    { number: 5, generation: 0, body: evilStream },
  ];
}

/** Structures that would keep a careless reader busy for ever or fill its memory; none is signed. */
export function hostilePdfs(): PdfMutation[] {
  const simple = makeSimplePdf().toString('latin1');
  const wrap = (name: string, text: string): PdfMutation => ({
    name: `hostile: ${name}`,
    bytes: Buffer.from(text, 'latin1'),
    steps: ['format'],
  });
  const bomb = deflateSync(Buffer.alloc(60 * 1024 * 1024)).toString('latin1');
  const xrefStream = (extra: string, data: string): string =>
    `%PDF-1.7\n1 0 obj\n<< /Type /XRef /Size 3 /W [1 4 2] /Root 2 0 R ${extra} /Length ${data.length} >>\nstream\n${data}\nendstream\nendobj\nstartxref\n9\n%%EOF\n`;
  const start = simple.lastIndexOf('xref\n0');
  return [
    wrap('inflates to 60 MB', xrefStream('/Filter /FlateDecode', bomb)),
    wrap('a million entries', xrefStream('/Index [0 1000000]', 'xxxxxxx')),
    wrap('sections in a loop', simple.replace('/Root 1 0 R', `/Root 1 0 R /Prev ${start}`)),
    wrap('nested arrays', simple.replace('/Type /Catalog', `/X ${'['.repeat(100_000)}`)),
    wrap('encrypted', simple.replace('/Root 1 0 R', '/Root 1 0 R /Encrypt 3 0 R')),
    wrap('a key twice', simple.replace('/Type /Catalog', '/Type /Catalog /Type /Catalog')),
    wrap(
      'fields in a loop',
      makeSimplePdf({
        catalog: '/AcroForm << /Fields [6 0 R] >>',
        extra: ['<< /T (a) /Kids [6 0 R] >>'],
      }).toString('latin1'),
    ),
    wrap(
      'a stream as long as itself',
      makeSimplePdf({
        extra: ['<< /Length 6 0 R >>\nstream\n\nendstream'],
        catalog: '/AcroForm 6 0 R',
      }).toString('latin1'),
    ),
  ];
}

/**
 * Mutations of one signed file whose page is object 4 and whose text is object 5.
 * @param coveredEnd where the last signature ends; what follows is validation data, which speaks for itself.
 * @param flipCount how many bytes to flip in the covered part and as many digits in /Contents.
 */
export function mutatePdf(bytes: Uint8Array, flipCount: number, coveredEnd = bytes.length): PdfMutation[] {
  return [
    ...flips(bytes, flipCount, coveredEnd),
    ...contentsFlips(bytes, flipCount),
    ...appended(bytes),
    ...byteRangeTricks(bytes),
    ...contentUpdates(bytes),
    ...formUpdates(bytes),
  ];
}
