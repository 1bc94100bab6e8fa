import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { ContainerRefusal } from '../../../documents/container/container-problem';
import { type ContainerReading, readContainer } from '../../../documents/container/read-container';
import { writeContainer } from '../../../documents/container/write-container';
import { type RawEntry, rawZip } from '../../support/raw-zip';

const AT = new Date('2026-06-01T00:00:00Z');
const entry = (name: string, text = 'x'): RawEntry => ({ name, data: Buffer.from(text, 'utf8') });

function problemOf(reading: ContainerReading): string {
  return reading.ok ? 'none' : reading.problem;
}

function patched(bytes: Uint8Array, at: number, value: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(value, at);
  return copy;
}

const directoryAt = (bytes: Uint8Array): number =>
  Buffer.from(bytes).indexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
const endAt = (bytes: Uint8Array): number => bytes.length - 22;

describe('readContainer', () => {
  it('gives back what the writer was given, deflated or stored', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.record({
            name: fc.stringMatching(/^[a-z]{1,8}\.xml$/),
            data: fc.uint8Array({ maxLength: 500 }),
            plain: fc.boolean(),
          }),
          {
            selector: ({ name }) => name,
            minLength: 1,
            maxLength: 8,
          },
        ),
        (files) => {
          const written = files.map(({ name, data, plain }) => ({
            name,
            data,
            method: plain ? ('stored' as const) : ('deflated' as const),
          }));
          const reading = readContainer(writeContainer(written, AT));
          return (
            reading.ok &&
            files.every(({ name, data }) => Buffer.from(reading.entries.get(name)?.data ?? []).equals(data))
          );
        },
      ),
    );
  });

  it('writes the same bytes for the same entries and time', () => {
    const entries = [{ name: 'OFD.xml', data: Buffer.from('证照'.repeat(50), 'utf8') }];
    expect(writeContainer(entries, AT)).toEqual(writeContainer(entries, AT));
  });

  it.each(['allprotected.ofd', '999.ofd', 'SESV4SignDoc.ofd', 'n.ofd'])('reads the real file %s', (name) => {
    expect(problemOf(readContainer(readFileSync(join(__dirname, '../../samples/ofd', name))))).toBe('none');
  });

  it.each([
    ['../evil'],
    ['/absolute'],
    ['a\\b'],
    ['C:/x'],
    ['a//b'],
    ['a/./b'],
    ['tab\u0009.xml'],
    ['\u202egnp.xml'],
    ['trailing./x'],
    [' lead'],
    [`${'x'.repeat(300)}`],
  ])('refuses the name %j', (name) => {
    expect(problemOf(readContainer(rawZip([entry('OFD.xml'), entry(name)])))).toBe('unsafeName');
  });

  it('will not write an unsafe name either', () => {
    expect(() => writeContainer([{ name: '../x', data: Buffer.from('x') }], AT)).toThrow(ContainerRefusal);
  });

  it.each([
    ['twice the same', ['a.xml', 'a.xml']],
    ['equal but for case', ['a.xml', 'A.XML']],
    ['equal after normalisation', ['\u00e9.xml', 'e\u0301.xml']],
    ['a file where another has a folder', ['a', 'a/b.xml']],
  ])('refuses names that are %s', (_what, names) => {
    expect(problemOf(readContainer(rawZip(names.map((name) => entry(name)))))).toBe('duplicateName');
  });

  it('refuses more entries, more octets and higher ratios than the limits, before inflating', () => {
    const three = rawZip([entry('a'), entry('b'), entry('c')]);
    const limits = { maxContainerBytes: 1e6, maxEntries: 2, maxInflatedBytes: 1e6, maxRatio: 100 };
    expect(problemOf(readContainer(three, limits))).toBe('tooManyEntries');
    expect(problemOf(readContainer(three, { ...limits, maxEntries: 3, maxInflatedBytes: 2 }))).toBe(
      'tooLarge',
    );
    expect(problemOf(readContainer(three, { ...limits, maxContainerBytes: 10 }))).toBe('tooLarge');
    const bomb = rawZip([{ name: 'bomb', data: new Uint8Array(5_000_000) }]);
    expect(problemOf(readContainer(bomb))).toBe('ratioTooHigh');
  });

  it('stops inflating an entry that is larger than it says', () => {
    const lying = rawZip([{ name: 'bomb', data: new Uint8Array(20_000_000), statedSize: 100 }]);
    expect(problemOf(readContainer(lying))).toBe('damagedEntry');
  });

  it.each([
    [
      'octets after the end',
      (zip: Uint8Array) => Buffer.concat([zip, Buffer.from('x')]),
      'truncatedContainer',
    ],
    [
      'octets before the first entry',
      (zip: Uint8Array) => Buffer.concat([Buffer.from('x'), zip]),
      'notAContainer',
    ],
    [
      'a comment',
      (zip: Uint8Array) => Buffer.concat([patched(zip, zip.length - 2, [1, 0]), Buffer.from('x')]),
      'truncatedContainer',
    ],
    [
      'another CRC in the directory',
      (zip: Uint8Array) => patched(zip, directoryAt(zip) + 16, [1, 2, 3, 4]),
      'headerMismatch',
    ],
    [
      'another name in the directory',
      (zip: Uint8Array) => patched(zip, directoryAt(zip) + 46, [0x7a]),
      'headerMismatch',
    ],
    [
      'another method in the directory',
      (zip: Uint8Array) => patched(zip, directoryAt(zip) + 10, [8]),
      'headerMismatch',
    ],
    [
      'an encrypted entry',
      (zip: Uint8Array) => patched(zip, directoryAt(zip) + 8, [1]),
      'unsupportedContainer',
    ],
    [
      'a symbolic link',
      (zip: Uint8Array) => patched(zip, directoryAt(zip) + 40, [0xff, 0xa1]),
      'unsupportedContainer',
    ],
    ['several volumes', (zip: Uint8Array) => patched(zip, endAt(zip) + 4, [1]), 'unsupportedContainer'],
    [
      'a directory that starts elsewhere',
      (zip: Uint8Array) => patched(zip, endAt(zip) + 16, [0]),
      'hiddenData',
    ],
    [
      'fewer records than there are',
      (zip: Uint8Array) => patched(zip, endAt(zip) + 8, [1, 0, 1, 0]),
      'hiddenData',
    ],
  ])('refuses %s', (_what, change, problem) => {
    const zip = rawZip([
      { ...entry('a.xml', 'first'), plain: true },
      { ...entry('b.xml', 'second'), plain: true },
    ]);
    expect(problemOf(readContainer(zip))).toBe('none');
    expect(problemOf(readContainer(change(zip)))).toBe(problem);
  });

  it('refuses an entry that only the local headers know', () => {
    const two = rawZip([entry('a.xml'), entry('b.xml')]);
    const records = Buffer.from(two.subarray(directoryAt(two), endAt(two)));
    const second = records.indexOf(Buffer.from('PK\u0001\u0002', 'latin1'), 4);
    const end = Buffer.from(two.subarray(endAt(two)));
    end.writeUInt16LE(1, 8);
    end.writeUInt16LE(1, 10);
    end.writeUInt32LE(second, 12);
    const hidden = Buffer.concat([two.subarray(0, directoryAt(two)), records.subarray(0, second), end]);
    expect(problemOf(readContainer(hidden))).toBe('hiddenData');
  });

  it('throws for no bytes whatever', () => {
    const zip = rawZip([entry('a.xml', 'some text that deflates '.repeat(20)), entry('b/c.xml')]);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(zip.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
        const bytes = Uint8Array.from(zip);
        for (const [at, value] of changes) bytes[at] = value;
        return typeof readContainer(bytes).ok === 'boolean';
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => !readContainer(bytes).ok));
  });
});
