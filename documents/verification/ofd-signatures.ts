import type { ContainerEntry } from '../container/read-container';
import {
  childrenNamed,
  onlyChild,
  onlyText,
  readXml,
  type XmlElement,
  XmlError,
  type XmlLimits,
} from '../container/read-xml';
import { resolveLocation } from '../container/resolve-location';
import type { ReasonCode } from './reason-code';

type Entries = ReadonlyMap<string, ContainerEntry>;

/** Files that say what is signed are small; a forest of elements in them is an attack. */
const STRUCTURE_LIMITS: XmlLimits = { maxDepth: 32, maxElements: 20_000 };
/** The namespace of GB/T 33190-2016, and the shorter one that drafts used. */
const NAMESPACES: ReadonlySet<string> = new Set(['http://www.ofdspec.org/2016', 'http://www.ofdspec.org']);
const MAX_SIGNATURES = 64;

/** Ends the reading of a package or of one signature with a reason. */
export class OfdProblem extends Error {
  override readonly name = 'OfdProblem';
  readonly reason: ReasonCode;

  constructor(reason: ReasonCode, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** One line of Signatures.xml. */
export interface SignatureListing {
  readonly id: string;
  readonly kind: 'Seal' | 'Sign';
  readonly path: string;
}

/** The skeleton of a package: where its parts stand, and which signatures it claims to have. */
export interface OfdSkeleton {
  readonly documentPath: string;
  readonly signaturesPath: string | undefined;
  readonly signatures: readonly SignatureListing[];
  readonly metadata: readonly { readonly name: string; readonly value: string }[];
}

/** What a Signature.xml says. */
export interface SignatureDescription {
  readonly checkMethod: string | undefined;
  readonly signatureMethod: string | undefined;
  readonly signedAtText: string | undefined;
  readonly references: readonly {
    readonly fileRef: string;
    readonly path: string;
    readonly checkValue: string;
  }[];
  readonly sealPath: string | undefined;
  readonly signedValuePath: string;
}

function readRoot(entries: Entries, path: string, rootName: string): XmlElement {
  const entry = entries.get(path);
  if (entry === undefined) throw new OfdProblem('missingEntry', path);
  const { root } = parse(entry.data, path);
  if (root.name !== rootName || !NAMESPACES.has(root.namespace))
    throw new OfdProblem('malformedPackage', path);
  return root;
}

function parse(data: Uint8Array, path: string): { root: XmlElement } {
  try {
    return readXml(data, STRUCTURE_LIMITS);
  } catch (error) {
    if (error instanceof XmlError) throw new OfdProblem('malformedXml', `${path}: ${error.message}`);
    throw error;
  }
}

function locate(location: string | undefined, from: string): string {
  const path = location === undefined ? undefined : resolveLocation(location, from);
  if (path === undefined)
    throw new OfdProblem('malformedPackage', `${from}: a location is missing or leaves the package`);
  return path;
}

function strictly<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof XmlError) throw new OfdProblem('malformedPackage', `${path}: ${error.message}`);
    throw error;
  }
}

function readMetadata(body: XmlElement): OfdSkeleton['metadata'] {
  const info = onlyChild(body, 'DocInfo');
  const customs = info === undefined ? undefined : onlyChild(info, 'CustomDatas');
  if (customs === undefined) return [];
  return childrenNamed(customs, 'CustomData').map((item) => ({
    name: item.attributes.get('Name') ?? '',
    value: item.text,
  }));
}

function readListing(item: XmlElement, listPath: string): SignatureListing {
  const type = item.attributes.get('Type') ?? 'Seal';
  const id = item.attributes.get('ID');
  if (id === undefined || (type !== 'Seal' && type !== 'Sign'))
    throw new OfdProblem('malformedPackage', listPath);
  return { id, kind: type, path: locate(item.attributes.get('BaseLoc'), listPath) };
}

function readListings(entries: Entries, listPath: string): SignatureListing[] {
  const listings = childrenNamed(readRoot(entries, listPath, 'Signatures'), 'Signature').map((item) =>
    readListing(item, listPath),
  );
  if (listings.length > MAX_SIGNATURES) throw new OfdProblem('malformedPackage', 'too many signatures');
  const ids = new Set(listings.map(({ id }) => id));
  const paths = new Set(listings.map(({ path }) => path));
  if (ids.size !== listings.length || paths.size !== listings.length) {
    throw new OfdProblem('malformedPackage', `${listPath}: a signature is listed twice`);
  }
  return listings;
}

/** Reads OFD.xml and Signatures.xml (GB/T 33190, 7.4 and 18.1). Throws {@link OfdProblem}. */
export function readSkeleton(entries: Entries): OfdSkeleton {
  const root = readRoot(entries, 'OFD.xml', 'OFD');
  return strictly('OFD.xml', () => {
    const [body, second] = childrenNamed(root, 'DocBody');
    if (second !== undefined) throw new OfdProblem('severalDocuments', 'OFD.xml');
    if (body === undefined) throw new OfdProblem('malformedPackage', 'OFD.xml');
    const documentPath = locate(onlyText(body, 'DocRoot'), 'OFD.xml');
    const document = readRoot(entries, documentPath, 'Document');
    if (onlyChild(document, 'Pages') === undefined) throw new OfdProblem('malformedPackage', documentPath);
    const list = onlyText(body, 'Signatures');
    const signaturesPath = list === undefined ? undefined : locate(list, 'OFD.xml');
    const signatures = signaturesPath === undefined ? [] : readListings(entries, signaturesPath);
    return { documentPath, signaturesPath, signatures, metadata: readMetadata(body) };
  });
}

function readReferences(references: XmlElement, path: string): SignatureDescription['references'] {
  return childrenNamed(references, 'Reference').map((item) => {
    const fileRef = item.attributes.get('FileRef') ?? '';
    const target = resolveLocation(fileRef, path);
    const checkValue = onlyText(item, 'CheckValue');
    if (target === undefined || checkValue === undefined) throw new OfdProblem('referenceMalformed', fileRef);
    return { fileRef, path: target, checkValue };
  });
}

/** Reads a Signature.xml (GB/T 33190, 18.2). Throws {@link OfdProblem}. */
export function readSignatureDescription(entries: Entries, path: string): SignatureDescription {
  const root = readRoot(entries, path, 'Signature');
  return strictly(path, () => {
    const info = onlyChild(root, 'SignedInfo');
    const references = info === undefined ? undefined : onlyChild(info, 'References');
    if (info === undefined || references === undefined) throw new OfdProblem('malformedSignature', path);
    const seal = onlyChild(info, 'Seal');
    return {
      checkMethod: references.attributes.get('CheckMethod')?.trim(),
      signatureMethod: onlyText(info, 'SignatureMethod'),
      signedAtText: onlyText(info, 'SignatureDateTime'),
      references: readReferences(references, path),
      sealPath: seal === undefined ? undefined : locate(onlyText(seal, 'BaseLoc'), path),
      signedValuePath: locate(onlyText(root, 'SignedValue'), path),
    };
  });
}
