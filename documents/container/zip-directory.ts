import { ContainerRefusal } from './container-problem';

/** A central directory record, checked against its local header; offsets count from the first octet of the file. */
export interface CentralRecord {
  readonly name: string;
  readonly method: 0 | 8;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly headerStart: number;
  readonly dataStart: number;
  readonly end: number;
}

interface DirectoryEnd {
  readonly count: number;
  readonly size: number;
  readonly start: number;
}

const END_LENGTH = 22;
const CENTRAL_LENGTH = 46;
const LOCAL_LENGTH = 30;
const FLAG_ENCRYPTED = 1;
const FLAG_DESCRIPTOR = 1 << 3;
const FLAG_UTF8 = 1 << 11;
/** APPNOTE 4.4.4: the two compression-strength bits say nothing about the content. */
const FLAGS_KNOWN = FLAG_DESCRIPTOR | FLAG_UTF8 | 0b110;
/** Extra fields that would give an entry a second name or second sizes (APPNOTE 4.5.3, 4.6.9). */
const EXTRA_ZIP64 = 0x0001;
const EXTRA_UNICODE_PATH = 0x7075;
const UNIX_SYMBOLIC_LINK = 0o120000;

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function directoryEnd(data: DataView): DirectoryEnd {
  const at = data.byteLength - END_LENGTH;
  if (data.byteLength < 4 || data.getUint32(0, true) !== 0x04034b50) {
    throw new ContainerRefusal('notAContainer', 'the file does not begin with an entry');
  }
  if (at < 0 || data.getUint32(at, true) !== 0x06054b50 || data.getUint16(at + 20, true) !== 0) {
    throw new ContainerRefusal('truncatedContainer', 'the file does not end with its directory');
  }
  const count = data.getUint16(at + 10, true);
  const size = data.getUint32(at + 12, true);
  const start = data.getUint32(at + 16, true);
  if (data.getUint32(at + 4, true) !== 0 || data.getUint16(at + 8, true) !== count || count === 0xffff) {
    throw new ContainerRefusal('unsupportedContainer', 'several volumes or ZIP64');
  }
  if (start + size !== at) throw new ContainerRefusal('hiddenData', 'octets beside the directory');
  return { count, size, start };
}

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeName(octets: Uint8Array): string {
  try {
    return STRICT_UTF8.decode(octets);
  } catch {
    throw new ContainerRefusal('unsafeName', 'a name is not UTF-8');
  }
}

/** Sizes that a ZIP64 extra field of a local header gives (APPNOTE 4.5.3): inflated, then as stored. */
interface LongSizes {
  readonly size: bigint;
  readonly compressedSize: bigint;
}

/**
 * Walks the extra fields. A streaming writer may put ZIP64 sizes into a local header; nothing else that gives a second
 * meaning is accepted.
 */
function readExtra(extra: Uint8Array, place: 'local' | 'central'): LongSizes | undefined {
  const data = view(extra);
  let sizes: LongSizes | undefined;
  for (let at = 0; at < extra.length; ) {
    if (at + 4 > extra.length) throw new ContainerRefusal('hiddenData', 'malformed extra field');
    const id = data.getUint16(at, true);
    const next = at + 4 + data.getUint16(at + 2, true);
    if (next > extra.length) throw new ContainerRefusal('hiddenData', 'malformed extra field');
    const longSizes = id === EXTRA_ZIP64 && place === 'local' && next - at === 20 && sizes === undefined;
    if (longSizes) {
      sizes = { size: data.getBigUint64(at + 4, true), compressedSize: data.getBigUint64(at + 12, true) };
    } else if (id === EXTRA_ZIP64 || id === EXTRA_UNICODE_PATH) {
      throw new ContainerRefusal('unsupportedContainer', 'an extra field gives a second size or name');
    }
    at = next;
  }
  return sizes;
}

function methodOf(code: number): 0 | 8 {
  if (code === 0 || code === 8) return code;
  throw new ContainerRefusal('unsupportedContainer', `compression method ${code}`);
}

function centralFieldsAllowed(data: DataView, at: number): void {
  const flags = data.getUint16(at + 8, true);
  if ((flags & FLAG_ENCRYPTED) !== 0) throw new ContainerRefusal('unsupportedContainer', 'encrypted entry');
  if ((flags & ~FLAGS_KNOWN) !== 0) throw new ContainerRefusal('unsupportedContainer', 'unknown flags');
  if (data.getUint16(at + 32, true) !== 0) throw new ContainerRefusal('hiddenData', 'an entry has a comment');
  if (data.getUint16(at + 34, true) !== 0)
    throw new ContainerRefusal('unsupportedContainer', 'several volumes');
  if (((data.getUint32(at + 38, true) >>> 16) & 0o170000) === UNIX_SYMBOLIC_LINK) {
    throw new ContainerRefusal('unsupportedContainer', 'an entry is a symbolic link');
  }
}

function descriptorEnd(data: DataView, record: Omit<CentralRecord, 'end'>): number {
  let at = record.dataStart + record.compressedSize;
  if (at + 16 <= data.byteLength && data.getUint32(at, true) === 0x08074b50) at += 4;
  if (at + 12 > data.byteLength) throw new ContainerRefusal('truncatedContainer', record.name);
  const same =
    data.getUint32(at, true) === record.crc &&
    data.getUint32(at + 4, true) === record.compressedSize &&
    data.getUint32(at + 8, true) === record.size;
  if (!same) throw new ContainerRefusal('headerMismatch', `${record.name}: data descriptor`);
  return at + 12;
}

/** Fields that stand in both headers (APPNOTE 4.3.7, 4.3.12): offsets in the central and in the local header, two octets each. */
const SHARED_FIELDS: readonly (readonly [number, number])[] = [
  [8, 6],
  [10, 8],
  [12, 10],
  [14, 12],
];
function checkLocalSizes(data: DataView, central: number, local: number, long: LongSizes | undefined): void {
  const crc = data.getUint32(central + 16, true);
  const compressedSize = data.getUint32(central + 20, true);
  const size = data.getUint32(central + 24, true);
  const here = [
    data.getUint32(local + 14, true),
    data.getUint32(local + 18, true),
    data.getUint32(local + 22, true),
  ];
  const described = (data.getUint16(central + 8, true) & FLAG_DESCRIPTOR) !== 0;
  const expected = long === undefined ? [crc, compressedSize, size] : [crc, 0xffffffff, 0xffffffff];
  const same = here.every((value, index) => value === expected[index] || (described && value === 0));
  const longSame =
    long === undefined || (long.size === BigInt(size) && long.compressedSize === BigInt(compressedSize));
  if (!same || !longSame)
    throw new ContainerRefusal('headerMismatch', 'local header and directory disagree on sizes');
}

function checkLocalHeader(bytes: Uint8Array, data: DataView, central: number, local: number): number {
  if (local + LOCAL_LENGTH > bytes.length || data.getUint32(local, true) !== 0x04034b50) {
    throw new ContainerRefusal('headerMismatch', 'no local header where the directory says');
  }
  const fields = SHARED_FIELDS.every(
    ([there, here]) => data.getUint16(central + there, true) === data.getUint16(local + here, true),
  );
  if (!fields) throw new ContainerRefusal('headerMismatch', 'local header and directory disagree');
  const nameLength = data.getUint16(central + 28, true);
  const nameEnd = local + LOCAL_LENGTH + nameLength;
  const dataStart = nameEnd + data.getUint16(local + 28, true);
  const sameName =
    data.getUint16(local + 26, true) === nameLength &&
    Buffer.compare(
      bytes.subarray(local + LOCAL_LENGTH, nameEnd),
      bytes.subarray(central + CENTRAL_LENGTH, central + CENTRAL_LENGTH + nameLength),
    ) === 0;
  if (!sameName) throw new ContainerRefusal('headerMismatch', 'local header names another entry');
  checkLocalSizes(data, central, local, readExtra(bytes.subarray(nameEnd, dataStart), 'local'));
  return dataStart;
}

function readRecord(bytes: Uint8Array, data: DataView, at: number): CentralRecord {
  centralFieldsAllowed(data, at);
  const nameEnd = at + CENTRAL_LENGTH + data.getUint16(at + 28, true);
  readExtra(bytes.subarray(nameEnd, nameEnd + data.getUint16(at + 30, true)), 'central');
  const headerStart = data.getUint32(at + 42, true);
  const record = {
    name: decodeName(bytes.subarray(at + CENTRAL_LENGTH, nameEnd)),
    method: methodOf(data.getUint16(at + 10, true)),
    crc: data.getUint32(at + 16, true),
    compressedSize: data.getUint32(at + 20, true),
    size: data.getUint32(at + 24, true),
    headerStart,
    dataStart: checkLocalHeader(bytes, data, at, headerStart),
  };
  if (record.dataStart + record.compressedSize > bytes.length) {
    throw new ContainerRefusal('truncatedContainer', record.name);
  }
  const described = (data.getUint16(at + 8, true) & FLAG_DESCRIPTOR) !== 0;
  const end = described ? descriptorEnd(data, record) : record.dataStart + record.compressedSize;
  return { ...record, end };
}

function checkTiling(records: readonly CentralRecord[], directoryStart: number): void {
  let position = 0;
  for (const record of records.toSorted((one, other) => one.headerStart - other.headerStart)) {
    if (record.headerStart !== position) {
      throw new ContainerRefusal('hiddenData', `${record.name}: gap or overlap before it`);
    }
    position = record.end;
  }
  if (position !== directoryStart) throw new ContainerRefusal('hiddenData', 'octets before the directory');
}

/**
 * Reads the central directory of a ZIP file (APPNOTE 6.3) of at most `maxEntries` records and holds each against its
 * local header; entries must fill the file without gap or overlap. Throws {@link ContainerRefusal}; inflates nothing.
 */
export function readDirectory(bytes: Uint8Array, maxEntries: number): CentralRecord[] {
  const data = view(bytes);
  const end = directoryEnd(data);
  if (end.count > maxEntries) throw new ContainerRefusal('tooManyEntries', `${end.count} entries`);
  const records: CentralRecord[] = [];
  let at = end.start;
  const stop = end.start + end.size;
  for (let index = 0; index < end.count; index += 1) {
    if (at + CENTRAL_LENGTH > stop || data.getUint32(at, true) !== 0x02014b50) {
      throw new ContainerRefusal('truncatedContainer', 'directory record is missing');
    }
    const next =
      at +
      CENTRAL_LENGTH +
      data.getUint16(at + 28, true) +
      data.getUint16(at + 30, true) +
      data.getUint16(at + 32, true);
    if (next > stop) throw new ContainerRefusal('truncatedContainer', 'directory record is cut off');
    records.push(readRecord(bytes, data, at));
    at = next;
  }
  if (at !== stop) throw new ContainerRefusal('hiddenData', 'octets between directory and its end');
  checkTiling(records, end.start);
  return records;
}
