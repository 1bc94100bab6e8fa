import { type ContainerEntry, readContainer } from '../container/read-container';
import {
  childrenNamed,
  onlyChild,
  onlyText,
  readXml,
  type XmlDocument,
  XmlError,
} from '../container/read-xml';
import { resolveLocation } from '../container/resolve-location';
import { SealingFault } from './sealing-fault';

/** A seal that is in the file already, as Signatures.xml lists it. */
export interface ExistingSeal {
  readonly id: string;
  readonly type: string;
  readonly baseLoc: string;
  readonly descriptionPath: string;
  readonly signedValuePath: string;
}

/** What sealing has to know of a file. */
export interface OfdToSeal {
  readonly entries: ReadonlyMap<string, ContainerEntry>;
  readonly signaturesPath: string;
  /** OFD.xml with the place of Signatures.xml in it; undefined when it says so already. */
  readonly changedEntryPoint: Uint8Array | undefined;
  readonly existing: readonly ExistingSeal[];
  readonly pageIds: readonly string[];
}

function entryOf(entries: OfdToSeal['entries'], path: string): Uint8Array {
  const entry = entries.get(path);
  if (entry === undefined) throw new SealingFault(`the file lacks ${path}`);
  return entry.data;
}

function located(location: string | undefined, from: string): string {
  const path = location === undefined ? undefined : resolveLocation(location, from);
  if (path === undefined) throw new SealingFault(`${from} names no usable place`);
  return path;
}

function readExisting(entries: OfdToSeal['entries'], signaturesPath: string): ExistingSeal[] {
  if (!entries.has(signaturesPath)) return [];
  const { root } = readXml(entryOf(entries, signaturesPath));
  return childrenNamed(root, 'Signature').map((item) => {
    const baseLoc = item.attributes.get('BaseLoc') ?? '';
    const descriptionPath = located(baseLoc, signaturesPath);
    const description = readXml(entryOf(entries, descriptionPath)).root;
    const info = onlyChild(description, 'SignedInfo');
    const references = info === undefined ? undefined : onlyChild(info, 'References');
    const covered = references === undefined ? [] : childrenNamed(references, 'Reference');
    if (
      covered.some(
        (one) => resolveLocation(one.attributes.get('FileRef') ?? '', descriptionPath) === signaturesPath,
      )
    ) {
      throw new SealingFault('the file is locked: an earlier seal covers the list of seals');
    }
    return {
      id: item.attributes.get('ID') ?? '',
      type: item.attributes.get('Type') ?? 'Seal',
      baseLoc,
      descriptionPath,
      signedValuePath: located(onlyText(description, 'SignedValue'), descriptionPath),
    };
  });
}

function readPageIds(entries: OfdToSeal['entries'], documentPath: string): string[] {
  const pages = onlyChild(readXml(entryOf(entries, documentPath)).root, 'Pages');
  return pages === undefined
    ? []
    : childrenNamed(pages, 'Page').map((page) => page.attributes.get('ID') ?? '');
}

/** Puts the Signatures element where the schema has it: last in DocBody, in the namespace prefix of the file. */
function withSignatures(document: XmlDocument, signaturesPath: string): Uint8Array {
  const body = onlyChild(document.root, 'DocBody');
  if (body === undefined) throw new SealingFault('OFD.xml has no DocBody');
  const name = body.prefix === '' ? 'Signatures' : `${body.prefix}:Signatures`;
  const { text } = document;
  return Buffer.from(
    `${text.slice(0, body.contentEnd)}<${name}>/${signaturesPath}</${name}>${text.slice(body.contentEnd)}`,
    'utf8',
  );
}

function readParts(entries: OfdToSeal['entries']): OfdToSeal {
  const document = readXml(entryOf(entries, 'OFD.xml'));
  const body = onlyChild(document.root, 'DocBody');
  if (body === undefined) throw new SealingFault('OFD.xml has no DocBody');
  const documentPath = located(onlyText(body, 'DocRoot'), 'OFD.xml');
  const listed = onlyText(body, 'Signatures');
  const folder = documentPath.split('/').slice(0, -1);
  const signaturesPath =
    listed === undefined ? [...folder, 'Signs', 'Signatures.xml'].join('/') : located(listed, 'OFD.xml');
  return {
    entries,
    signaturesPath,
    changedEntryPoint: listed === undefined ? withSignatures(document, signaturesPath) : undefined,
    existing: readExisting(entries, signaturesPath),
    pageIds: readPageIds(entries, documentPath),
  };
}

/** Reads the parts of an OFD file that sealing touches. Throws {@link SealingFault} for a file that cannot be sealed. */
export function readOfdToSeal(ofd: Uint8Array): OfdToSeal {
  const reading = readContainer(ofd);
  if (!reading.ok) throw new SealingFault(`the container is refused: ${reading.problem} (${reading.detail})`);
  try {
    return readParts(reading.entries);
  } catch (error) {
    if (error instanceof XmlError) throw new SealingFault(`the file has malformed XML: ${error.message}`);
    throw error;
  }
}
