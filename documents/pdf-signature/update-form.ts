import type { PdfSignatureOrder } from './pdf-signature-order';
import type { PdfDictionary, PdfObject } from './reading/pdf-object';
import type { PdfFile } from './reading/read-pdf-file';
import { sourceText, type UpdatedObject, withEntries } from './write-pdf-update';

function reference(object: PdfObject | undefined): { number: number; generation: number } | undefined {
  return object?.kind === 'reference' ? { number: object.number, generation: object.generation } : undefined;
}

function arrayText(file: PdfFile, entry: PdfObject | undefined, added: string): string {
  const items = (file.array(entry)?.items ?? []).map((item) => sourceText(item));
  return `[${[...items, added].join(' ')}]`;
}

/** Appends to an array entry: the array's own object when it is one, else the dictionary that holds it. */
export function appendToArray(
  file: PdfFile,
  holder: { number: number; generation: number; dictionary: PdfDictionary },
  key: string,
  added: string,
  further: Readonly<Record<string, string>> = {},
): UpdatedObject[] {
  const entry = holder.dictionary.entries.get(key);
  const own = reference(entry);
  const text = arrayText(file, entry, added);
  if (own === undefined || file.array(entry) === undefined) {
    const body = withEntries(holder.dictionary, { [key]: text, ...further });
    return [{ number: holder.number, generation: holder.generation, body }];
  }
  const arrayObject = { ...own, body: text };
  if (Object.keys(further).length === 0) return [arrayObject];
  const body = withEntries(holder.dictionary, further);
  return [arrayObject, { number: holder.number, generation: holder.generation, body }];
}

/** Names of the fields at the top of the form. */
function fieldNames(file: PdfFile, form: PdfDictionary | undefined): string[] {
  return (file.array(form?.entries.get('Fields'))?.items ?? []).flatMap((item) => {
    const name = file.dictionary(item)?.entries.get('T');
    if (name?.kind !== 'string') return [];
    const bytes = Buffer.from(name.bytes);
    const wide = bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0;
    return [wide ? Buffer.from(bytes.subarray(2)).swap16().toString('utf16le') : bytes.toString('latin1')];
  });
}

/**
 * What makes a field part of the form: the form's list of fields, its flags, the certification.
 * @param free number of an object that may become the form. Throws Error for a taken field name or a second certification.
 */
export function formUpdates(
  file: PdfFile,
  field: string,
  order: PdfSignatureOrder,
  signature: number,
  free: number,
) {
  const root = reference(file.trailer.entries.get('Root'));
  const catalog = file.dictionary(file.trailer.entries.get('Root'));
  if (root === undefined || catalog === undefined) throw new Error('the base file has no catalog');
  const formEntry = catalog.entries.get('AcroForm');
  const form = file.dictionary(formEntry);
  if (fieldNames(file, form).includes(order.fieldName)) {
    throw new Error(`the base file already has a field named ${order.fieldName}`);
  }
  const catalogChanges: Record<string, string> = {};
  if (order.docMdp !== undefined) {
    if (catalog.entries.has('Perms')) throw new Error('the base file is already certified');
    catalogChanges['Perms'] = `<< /DocMDP ${signature} 0 R >>`;
  }
  const updates: UpdatedObject[] = [];
  const formReference = reference(formEntry);
  if (form !== undefined && formReference !== undefined) {
    const holder = { ...formReference, dictionary: form };
    updates.push(...appendToArray(file, holder, 'Fields', field, { SigFlags: '3' }));
  } else if (form !== undefined) {
    // A form written inside the catalog becomes an object of its own, so that later signatures touch only that.
    const text = arrayText(file, form.entries.get('Fields'), field);
    updates.push({ number: free, generation: 0, body: withEntries(form, { Fields: text, SigFlags: '3' }) });
    catalogChanges['AcroForm'] = `${free} 0 R`;
  } else {
    updates.push({ number: free, generation: 0, body: `<< /Fields [${field}] /SigFlags 3 >>` });
    catalogChanges['AcroForm'] = `${free} 0 R`;
  }
  if (Object.keys(catalogChanges).length > 0) {
    updates.push({ ...root, body: withEntries(catalog, catalogChanges) });
  }
  return updates;
}
