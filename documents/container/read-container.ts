import { crc32, inflateRawSync } from 'node:zlib';
import { type ContainerProblem, ContainerRefusal } from './container-problem';
import { checkEntryName, isDirectoryName } from './entry-name';
import { type CentralRecord, readDirectory } from './zip-directory';

/** Bounds that are checked before anything is inflated. Sizes in octets; ratio is inflated : stored of one entry. */
export interface ContainerLimits {
  readonly maxContainerBytes: number;
  readonly maxEntries: number;
  readonly maxInflatedBytes: number;
  readonly maxRatio: number;
}

export const DEFAULT_CONTAINER_LIMITS: ContainerLimits = {
  maxContainerBytes: 50 * 1024 * 1024,
  maxEntries: 1_000,
  maxInflatedBytes: 50 * 1024 * 1024,
  maxRatio: 100,
};

/** A ratio says nothing about a few octets (an empty drawing repeats itself too); below this none is judged. */
const RATIO_JUDGED_FROM = 16 * 1024;

/** zlib takes no smaller pieces; larger ones would let a lying size reserve memory at once. */
const MIN_CHUNK_BYTES = 64;
const MAX_CHUNK_BYTES = 1024 * 1024;

/** One file of the container. `stored` are its octets as they lie there, for a writer that copies without inflating. */
export interface ContainerEntry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly stored: Uint8Array;
  readonly method: 'stored' | 'deflated';
  readonly crc: number;
}

/** The files of a container by their names, in the order in which they lie; directories are left out. */
export type ContainerReading =
  | { readonly ok: true; readonly entries: ReadonlyMap<string, ContainerEntry> }
  | { readonly ok: false; readonly problem: ContainerProblem; readonly detail: string };

function storedOctets(bytes: Uint8Array, record: CentralRecord): Uint8Array {
  return bytes.subarray(record.dataStart, record.dataStart + record.compressedSize);
}

function inflate(record: CentralRecord, stored: Uint8Array): Uint8Array {
  if (record.method === 0) return stored;
  try {
    // One octet of room more than declared: an entry that inflates to more than it says is caught, not cut.
    // In one piece where possible: zlib's usual pieces of 16 KiB cost half of the time of reading a container.
    const chunkSize = Math.min(Math.max(record.size + 1, MIN_CHUNK_BYTES), MAX_CHUNK_BYTES);
    const inflated: unknown = inflateRawSync(stored, {
      maxOutputLength: record.size + 1,
      info: true,
      chunkSize,
    });
    if (!isInflatedWithInfo(inflated)) throw new TypeError('zlib answered without its info');
    if (inflated.engine.bytesWritten !== stored.length) {
      throw new ContainerRefusal('hiddenData', `${record.name}: octets follow the compressed data`);
    }
    return inflated.buffer;
  } catch (error) {
    if (error instanceof ContainerRefusal) throw error;
    throw new ContainerRefusal('damagedEntry', `${record.name}: does not inflate`);
  }
}

/** What zlib answers under `info: true`; the typings know only the plain Buffer. */
interface InflatedWithInfo {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

function isInflatedWithInfo(value: unknown): value is InflatedWithInfo {
  if (typeof value !== 'object' || value === null || !('buffer' in value) || !('engine' in value))
    return false;
  const { buffer, engine } = value;
  return (
    buffer instanceof Uint8Array && typeof engine === 'object' && engine !== null && 'bytesWritten' in engine
  );
}

function readEntry(bytes: Uint8Array, record: CentralRecord): ContainerEntry {
  const stored = storedOctets(bytes, record);
  const data = inflate(record, stored);
  if (data.length !== record.size) {
    throw new ContainerRefusal('damagedEntry', `${record.name}: size differs from what the directory says`);
  }
  if (crc32(data) !== record.crc) throw new ContainerRefusal('damagedEntry', `${record.name}: CRC differs`);
  return {
    name: record.name,
    data,
    stored,
    method: record.method === 0 ? 'stored' : 'deflated',
    crc: record.crc,
  };
}

function checkNames(records: readonly CentralRecord[]): void {
  const seen = new Set<string>();
  const files = new Set<string>();
  for (const { name } of records) {
    checkEntryName(name);
    const folded = name.normalize('NFC').toLowerCase();
    if (seen.has(folded)) throw new ContainerRefusal('duplicateName', name);
    seen.add(folded);
    if (!isDirectoryName(name)) files.add(folded);
  }
  for (const folded of seen) {
    for (let at = folded.indexOf('/'); at >= 0; at = folded.indexOf('/', at + 1)) {
      if (files.has(folded.slice(0, at))) throw new ContainerRefusal('duplicateName', folded);
    }
  }
}

function checkSizes(records: readonly CentralRecord[], limits: ContainerLimits): void {
  let total = 0;
  for (const record of records) {
    total += record.size;
    if (total > limits.maxInflatedBytes)
      throw new ContainerRefusal('tooLarge', `more than ${limits.maxInflatedBytes} octets`);
    if (record.size >= RATIO_JUDGED_FROM && record.size > record.compressedSize * limits.maxRatio) {
      throw new ContainerRefusal('ratioTooHigh', record.name);
    }
    if (record.method === 0 && record.size !== record.compressedSize) {
      throw new ContainerRefusal('damagedEntry', `${record.name}: stored size differs from its size`);
    }
    if (isDirectoryName(record.name) && record.size !== 0) {
      throw new ContainerRefusal('hiddenData', `${record.name}: a directory with content`);
    }
  }
}

/**
 * Reads a ZIP container whole, or refuses it with the first problem found; never throws on any input.
 *
 * Everything is checked before anything is inflated: number, names and sizes of entries, local headers against the
 * central directory, and that headers and data fill the file without gap or overlap from its first octet to its
 * last. What two readers could read differently (one name twice, case-equal names, octets between entries, a
 * directory that disagrees with its headers) is refused, since a seal covers only one of the readings.
 */
export function readContainer(
  bytes: Uint8Array,
  limits: ContainerLimits = DEFAULT_CONTAINER_LIMITS,
): ContainerReading {
  try {
    if (bytes.length > limits.maxContainerBytes) throw new ContainerRefusal('tooLarge', 'container');
    const records = readDirectory(bytes, limits.maxEntries);
    checkNames(records);
    checkSizes(records, limits);
    const entries = new Map<string, ContainerEntry>();
    for (const record of records) {
      if (!isDirectoryName(record.name)) entries.set(record.name, readEntry(bytes, record));
    }
    return { ok: true, entries };
  } catch (error) {
    if (error instanceof ContainerRefusal)
      return { ok: false, problem: error.problem, detail: error.message };
    throw error;
  }
}
