import { type ContainerLimits, DEFAULT_CONTAINER_LIMITS, readContainer } from '../container/read-container';
import { resolveLocation } from '../container/resolve-location';
import type {
  OfdAttachmentReading,
  OfdPage,
  OfdReading,
  OfdSignatureReading,
  StampPlace,
} from './reading/ofd-reading';
import {
  boxOf,
  childOf,
  childrenOf,
  type PackageParts,
  type Part,
  packageParts,
  textOf,
} from './reading/package-parts';
import { readPages } from './reading/read-pages';
import { checkResources } from './reading/read-resources';

function readAttachments(parts: PackageParts, document: Part): OfdAttachmentReading[] {
  const location = textOf(document.root, 'Attachments');
  const list = location === undefined ? undefined : parts.open(location, document.path);
  if (list === undefined) return [];
  return childrenOf(list.root, 'Attachment').map((item) => {
    const file = textOf(item, 'FileLoc') ?? '';
    const path = resolveLocation(file, list.path) ?? file;
    const data = parts.entries.get(path)?.data;
    if (data === undefined) parts.problems.push({ code: 'missingAttachment', detail: path });
    return {
      name: item.attributes.get('Name') ?? '',
      format: item.attributes.get('Format') ?? '',
      path,
      data,
    };
  });
}

function readStamps(parts: PackageParts, signature: Part, pages: readonly OfdPage[]): StampPlace[] {
  return childrenOf(childOf(signature.root, 'SignedInfo'), 'StampAnnot').flatMap((stamp) => {
    const box = boxOf(stamp.attributes.get('Boundary'));
    const pageIndex = pages.findIndex(({ id }) => id === stamp.attributes.get('PageRef'));
    if (box === undefined || pageIndex < 0) {
      parts.problems.push({ code: 'unknownPage', detail: stamp.attributes.get('PageRef') ?? '' });
      return [];
    }
    const [xMm, yMm, widthMm, heightMm] = box;
    return [{ pageIndex, xMm, yMm, widthMm, heightMm }];
  });
}

function readSignatures(
  parts: PackageParts,
  location: string | undefined,
  pages: readonly OfdPage[],
): OfdSignatureReading[] {
  const list = location === undefined ? undefined : parts.open(location, 'OFD.xml');
  return childrenOf(list?.root, 'Signature').flatMap((item) => {
    const part = list && parts.open(item.attributes.get('BaseLoc') ?? '', list.path);
    if (part === undefined) return [];
    const { attributes } = item;
    const stamps = readStamps(parts, part, pages);
    return [
      { id: attributes.get('ID') ?? '', type: attributes.get('Type') ?? 'Seal', path: part.path, stamps },
    ];
  });
}

/**
 * Reads what an OFD file shows and carries: pages with their text, metadata (CustomDatas), attachments, signatures and
 * where their stamps stand. Tolerant of what makers write: what is missing or malformed is listed in `problems` and
 * reading goes on; only a container that is refused, or one without a readable OFD.xml and document, ends it. Of
 * several documents in one file the first is read. Judges no signature; never throws for bad bytes.
 */
export function readOfd(bytes: Uint8Array, limits: ContainerLimits = DEFAULT_CONTAINER_LIMITS): OfdReading {
  const container = readContainer(bytes, limits);
  if (!container.ok) return container;
  const parts = packageParts(container.entries);
  const body = childOf(parts.open('/OFD.xml', 'OFD.xml')?.root, 'DocBody');
  const document = parts.open(textOf(body, 'DocRoot') ?? '', 'OFD.xml');
  if (document === undefined) return { ok: false, problem: 'notAnOfd', detail: 'no OFD.xml or no document' };
  const info = childOf(body, 'DocInfo');
  const pages = readPages(parts, document);
  checkResources(parts, document);
  return {
    ok: true,
    docId: textOf(info, 'DocID'),
    title: textOf(info, 'Title'),
    metadata: childrenOf(childOf(info, 'CustomDatas'), 'CustomData').map((item) => ({
      name: item.attributes.get('Name') ?? '',
      value: item.text,
    })),
    pages,
    attachments: readAttachments(parts, document),
    signatures: readSignatures(parts, textOf(body, 'Signatures'), pages),
    problems: parts.problems,
  };
}
