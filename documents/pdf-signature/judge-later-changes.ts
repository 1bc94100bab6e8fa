import {
  addedItems,
  certifiedPermission,
  endsTightly,
  existed,
  firstDifference,
  isName,
  referrersIn,
} from './compare-revisions';
import { listPages } from './page-tree';
import type { PdfReason } from './pdf-reasons';
import { type PdfDictionary, PdfError, type PdfObject } from './reading/pdf-object';
import type { PdfFile } from './reading/read-pdf-file';
import { samePdfObject } from './same-pdf-object';

export type LaterChanges =
  | { readonly kind: 'none' }
  | { readonly kind: 'permitted'; readonly signatures: number; readonly validationData: boolean }
  | { readonly kind: 'refused'; readonly reason: PdfReason; readonly detail: string };

/** Thrown inside this file only; `judgeLaterChanges` turns it into its answer. */
class LaterChange extends Error {
  readonly reason: PdfReason;
  constructor(reason: PdfReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** What a widget of a later signature may say; actions, scripts and kids are not among it. */
const FIELD_KEYS: ReadonlySet<string> = new Set([
  ...[
    'Type',
    'Subtype',
    'FT',
    'T',
    'TU',
    'V',
    'P',
    'Rect',
    'F',
    'Ff',
    'AP',
    'AS',
    'MK',
    'DA',
    'Q',
    'BS',
    'Border',
  ],
  ...['NM', 'M', 'Lock', 'SV', 'H'],
]);
const DSS_KEYS: ReadonlySet<string> = new Set(['Type', 'VRI', 'Certs', 'OCSPs', 'CRLs']);

interface Comparison {
  readonly before: PdfFile;
  readonly after: PdfFile;
  /** Objects whose change was looked at and found to be no more than a signature needs. */
  readonly permitted: Set<number>;
  /** How often each object number is referred to in the earlier revision. */
  readonly referrers: ReadonlyMap<number, number>;
  newFields: PdfDictionary[];
  validationData: boolean;
}

function permit(comparison: Comparison, ...objects: readonly (PdfObject | undefined)[]): void {
  for (const object of objects) {
    if (object?.kind === 'reference') comparison.permitted.add(object.number);
  }
}

function judgeNewField(comparison: Comparison, item: PdfObject): void {
  const { before, after } = comparison;
  if (item.kind !== 'reference' || existed(before, item.number)) {
    throw new LaterChange('laterContentChange', 'a form field that is no new object');
  }
  const field = after.object(item.number);
  if (field?.kind !== 'dictionary' || !isName(after.resolve(field.entries.get('FT')), 'Sig')) {
    throw new LaterChange('laterContentChange', `form field ${item.number} is no signature`);
  }
  const strange = [...field.entries.keys()].find((key) => !FIELD_KEYS.has(key));
  if (strange !== undefined) throw new LaterChange('laterContentChange', `signature field with /${strange}`);
  judgeSignatureValue(comparison, field, item.number);
}

/** A field without a signature could carry a picture over the page that nobody answers for. */
function judgeSignatureValue(comparison: Comparison, field: PdfDictionary, number: number): void {
  const entry = field.entries.get('V');
  const value = comparison.after.resolve(entry);
  const isNew = entry?.kind === 'reference' && !existed(comparison.before, entry.number);
  if (!isNew || value?.kind !== 'dictionary') throw new LaterChange('laterFieldNotSigned', `field ${number}`);
  comparison.newFields.push(value);
}

/** An empty signature field that was there may take a signature and an appearance. */
function judgeFilledField(comparison: Comparison, item: PdfObject): void {
  const { before, after } = comparison;
  if (item.kind !== 'reference') return;
  const old = before.object(item.number);
  const now = after.object(item.number);
  if (old?.kind !== 'dictionary' || now?.kind !== 'dictionary' || samePdfObject(old, now)) return;
  const wasEmpty = isName(before.resolve(old.entries.get('FT')), 'Sig') && !old.entries.has('V');
  if (!wasEmpty || firstDifference(old, now, new Set(['V', 'AP', 'M', 'F'])) !== undefined) return;
  judgeSignatureValue(comparison, now, item.number);
  permit(comparison, item);
}

function judgeForm(
  comparison: Comparison,
  before: PdfObject | undefined,
  after: PdfObject | undefined,
): void {
  const oldForm = comparison.before.dictionary(before);
  const newForm = comparison.after.dictionary(after);
  if (newForm === undefined) {
    if (oldForm !== undefined) throw new LaterChange('laterContentChange', 'the form is gone');
    return;
  }
  const free = new Set(['Fields', 'SigFlags', ...(oldForm === undefined ? ['DR', 'DA'] : [])]);
  const changed = firstDifference(oldForm, newForm, free);
  if (changed !== undefined) throw new LaterChange('laterContentChange', `form entry /${changed}`);
  const oldFields = oldForm?.entries.get('Fields');
  const newFields = newForm.entries.get('Fields');
  const added = addedItems(comparison.before.array(oldFields), comparison.after.array(newFields));
  if (added === undefined) throw new LaterChange('laterContentChange', 'a form field is gone');
  for (const item of added) judgeNewField(comparison, item);
  for (const item of comparison.before.array(oldFields)?.items ?? []) judgeFilledField(comparison, item);
  permit(comparison, before, after, oldFields, newFields);
}

/** An object of the validation data that may change: it belongs to nothing else in the earlier revision. */
function permitOwned(comparison: Comparison, object: PdfObject | undefined): void {
  if (object?.kind !== 'reference') return;
  if (!existed(comparison.before, object.number) || comparison.referrers.get(object.number) === 1) {
    comparison.permitted.add(object.number);
  }
}

function judgeValidationData(
  comparison: Comparison,
  before: PdfObject | undefined,
  after: PdfObject | undefined,
): void {
  const { after: file } = comparison;
  const store = file.dictionary(after);
  if (store === undefined) {
    if (before !== undefined) throw new LaterChange('laterContentChange', 'the validation data is gone');
    return;
  }
  const strange = [...store.entries.keys()].find((key) => !DSS_KEYS.has(key));
  if (strange !== undefined) throw new LaterChange('laterContentChange', `validation data with /${strange}`);
  permitOwned(comparison, after);
  for (const key of ['VRI', 'Certs', 'OCSPs', 'CRLs']) permitOwned(comparison, store.entries.get(key));
  for (const item of file.dictionary(store.entries.get('VRI'))?.entries.values() ?? []) {
    permitOwned(comparison, item);
  }
  if (!samePdfObject(comparison.before.resolve(before), file.resolve(after)))
    comparison.validationData = true;
}

function judgeCatalog(comparison: Comparison): void {
  const root = comparison.before.trailer.entries.get('Root');
  const before = comparison.before.dictionary(root);
  const after = comparison.after.dictionary(root);
  if (after === undefined) throw new LaterChange('laterContentChange', 'the catalog is gone');
  const changed = firstDifference(before, after, new Set(['AcroForm', 'DSS', 'Extensions']));
  if (changed !== undefined) throw new LaterChange('laterContentChange', `catalog entry /${changed}`);
  judgeForm(comparison, before?.entries.get('AcroForm'), after.entries.get('AcroForm'));
  judgeValidationData(comparison, before?.entries.get('DSS'), after.entries.get('DSS'));
  permit(comparison, root);
}

function isNewSignatureWidget(comparison: Comparison, item: PdfObject): boolean {
  if (item.kind !== 'reference' || existed(comparison.before, item.number)) return false;
  const value = comparison.after.resolve(comparison.after.dictionary(item)?.entries.get('V'));
  return value?.kind === 'dictionary' && comparison.newFields.includes(value);
}

function judgePages(comparison: Comparison): void {
  const before = listPages(comparison.before);
  const after = listPages(comparison.after);
  const sameOrder =
    before.length === after.length && before.every((page, index) => page.number === after[index]?.number);
  if (!sameOrder) throw new LaterChange('laterContentChange', 'pages');
  before.forEach((page, index) => {
    const now = after[index]?.dictionary;
    if (now === undefined || samePdfObject(page.dictionary, now)) {
      judgeAnnotations(comparison, page.dictionary, now ?? page.dictionary, index);
      return;
    }
    const changed = firstDifference(page.dictionary, now, new Set(['Annots']));
    if (changed !== undefined)
      throw new LaterChange('laterContentChange', `page ${index + 1} entry /${changed}`);
    judgeAnnotations(comparison, page.dictionary, now, index);
    comparison.permitted.add(page.number);
  });
}

function judgeAnnotations(
  comparison: Comparison,
  before: PdfDictionary,
  after: PdfDictionary,
  index: number,
): void {
  const oldEntry = before.entries.get('Annots');
  const newEntry = after.entries.get('Annots');
  const added = addedItems(comparison.before.array(oldEntry), comparison.after.array(newEntry));
  if (added === undefined || !added.every((item) => isNewSignatureWidget(comparison, item))) {
    throw new LaterChange('laterContentChange', `annotations of page ${index + 1}`);
  }
  if (added.length > 0) permit(comparison, oldEntry, newEntry);
}

/** Same entry, hence same bytes: the earlier revision is the beginning of the later file. */
function standsAsBefore({ before, after }: Comparison, number: number): boolean {
  const old = before.references.get(number);
  const now = after.references.get(number);
  if (old?.kind !== 'offset' || now?.kind !== 'offset') return false;
  return old.offset === now.offset && old.generation === now.generation;
}

/** Every object that is not as it was must have been looked at; a new one must not fill a hole that was referred to. */
function judgeObjects(comparison: Comparison): void {
  const { before, after, permitted, referrers } = comparison;
  for (const number of before.references.keys()) {
    if (existed(before, number) && !existed(after, number)) {
      throw new LaterChange('laterContentChange', `object ${number} is gone`);
    }
  }
  for (const [number, entry] of after.references) {
    if (entry.kind === 'free') continue;
    if (!existed(before, number)) {
      // Shadow attack: the signed page refers to an object that only the later revision supplies.
      if (referrers.has(number)) throw new LaterChange('laterContentChange', `object ${number} fills a hole`);
      continue;
    }
    if (permitted.has(number) || standsAsBefore(comparison, number)) continue;
    const old = before.references.get(number);
    const sameGeneration =
      old?.kind !== 'offset' || entry.kind !== 'offset' || old.generation === entry.generation;
    if (!sameGeneration || !samePdfObject(before.object(number), after.object(number))) {
      throw new LaterChange('laterContentChange', `object ${number}`);
    }
  }
}

function judgeTrailer(comparison: Comparison): void {
  for (const key of ['Root', 'Info']) {
    const before = comparison.before.trailer.entries.get(key);
    if (!samePdfObject(before, comparison.after.trailer.entries.get(key))) {
      throw new LaterChange('laterContentChange', `trailer entry /${key}`);
    }
  }
}

function sectionsAfter({ before, after }: Comparison): number {
  return after.sections.filter(({ offset }) => offset >= before.bytes.length).length;
}

/** A file whose newest section lies in the signed bytes has something appended that no reader is led to. */
function judgeSections(comparison: Comparison): void {
  const newest = comparison.after.sections[0];
  if (newest === undefined || newest.offset < comparison.before.bytes.length) {
    throw new LaterChange('laterContentChange', 'bytes after the signature that belong to no revision');
  }
}

/** After the last signature at most one revision may stand, and only to bring validation data. */
function judgeTail(comparison: Comparison): void {
  if (comparison.newFields.length > 0) return;
  if (!comparison.validationData || sectionsAfter(comparison) !== 1 || !endsTightly(comparison.after)) {
    throw new LaterChange('laterContentChange', 'a revision without a signature');
  }
}

function judgePermission(comparison: Comparison): void {
  if (certifiedPermission(comparison.before) !== 1) return;
  // ISO 32000-2 table 257: validation data and document timestamps are no change, a signature is.
  const onlyTimestamps = comparison.newFields.every((value) =>
    isName(value.entries.get('SubFilter'), 'ETSI.RFC3161'),
  );
  if (!onlyTimestamps) throw new LaterChange('laterChangeForbidden', 'certified without changes');
}

/**
 * What came after a signed revision?
 * @param before the file as it was signed, `after` the whole file.
 * @returns `permitted` when it is signatures (each with a value, which is judged by itself), document timestamps and
 * validation data only; `refused` for any other object that changed, vanished or fills a hole, for annotations and
 * fields without a signature, and for what a certification forbids. Never throws.
 * Source: ISO 32000-2 clause 12.8.2.2, ETSI EN 319 142-1; the published shadow and incremental-saving attacks on PDF
 * signatures (Mladenov et al. 2019, Mainka et al. 2021).
 */
export function judgeLaterChanges(before: PdfFile, after: PdfFile): LaterChanges {
  if (before === after) return { kind: 'none' };
  try {
    const comparison: Comparison = {
      before,
      after,
      permitted: new Set(),
      referrers: referrersIn(before),
      newFields: [],
      validationData: false,
    };
    judgeSections(comparison);
    judgeTrailer(comparison);
    judgeCatalog(comparison);
    judgePages(comparison);
    judgeObjects(comparison);
    judgePermission(comparison);
    judgeTail(comparison);
    return {
      kind: 'permitted',
      signatures: comparison.newFields.length,
      validationData: comparison.validationData,
    };
  } catch (error) {
    if (error instanceof LaterChange) return { kind: 'refused', reason: error.reason, detail: error.message };
    if (error instanceof PdfError) return { kind: 'refused', reason: error.problem, detail: error.message };
    throw error;
  }
}
