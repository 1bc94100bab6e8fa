import { type ContainerEntry, readContainer } from '../../documents/container/read-container';
import type { VerificationStep } from '../../documents/verification/verification-report';
import { sealSignatureVariants } from './mutate-seal-signature';
import { type RawEntry, rawZip } from './raw-zip';

/** A file that a right verifier must not accept, and the steps at which it may refuse it first. */
export interface OfdMutation {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly expected: readonly VerificationStep[];
}

export interface MutationOptions {
  /** Another file sealed under the same trust, from which parts are taken. */
  readonly donor: Uint8Array;
  /** Positions per entry at which octets are changed. */
  readonly flipsPerEntry: number;
  /** Entries under no signature, whose content may change without harm to what was sealed. */
  readonly uncovered: readonly string[];
}

interface Subject {
  readonly original: Uint8Array;
  readonly entries: readonly ContainerEntry[];
  readonly donor: ReadonlyMap<string, ContainerEntry>;
  readonly options: MutationOptions;
}

const SIGNED_VALUE_STEPS: readonly VerificationStep[] = [
  'format',
  'seal_file',
  'dataHash',
  'stamp_signature',
  'signer_in_seal',
];

function entriesOf(ofd: Uint8Array): ContainerEntry[] {
  const reading = readContainer(ofd);
  if (!reading.ok) throw new Error(`mutations start from a readable file: ${reading.problem}`);
  return [...reading.entries.values()];
}

function rebuilt(subject: Subject, change: (entry: ContainerEntry) => readonly RawEntry[]): Uint8Array {
  return rawZip(subject.entries.flatMap(change));
}

function withContent(subject: Subject, name: string, content: Uint8Array | undefined): Uint8Array {
  return rebuilt(subject, (entry) => {
    if (entry.name !== name) return [entry];
    return content === undefined ? [] : [{ name, data: content }];
  });
}

/** Where a change of an entry's content may be noticed first. */
function stepsFor(name: string): readonly VerificationStep[] {
  if (name.endsWith('SignedValue.dat')) return SIGNED_VALUE_STEPS;
  if (name.endsWith('Signature.xml')) return ['format', 'references', 'seal_file', 'dataHash'];
  const structural = ['OFD.xml', 'Document.xml', 'Signatures.xml'].some((end) => name.endsWith(end));
  return structural ? ['format', 'references'] : ['references'];
}

function flipped(data: Uint8Array, at: number, mask = 0x01): Uint8Array {
  const changed = Uint8Array.from(data);
  changed[at] = (changed[at] ?? 0) ^ mask;
  return changed;
}

function* contentMutations(subject: Subject): Generator<OfdMutation> {
  for (const { name, data } of subject.entries) {
    if (subject.options.uncovered.includes(name)) continue;
    const expected = stepsFor(name);
    const { flipsPerEntry } = subject.options;
    for (let index = 0; index < flipsPerEntry; index += 1) {
      const at = Math.floor(((index + 0.5) * data.length) / flipsPerEntry);
      yield { name: `flip ${name}@${at}`, bytes: withContent(subject, name, flipped(data, at)), expected };
    }
    yield {
      name: `append to ${name}`,
      bytes: withContent(subject, name, Buffer.concat([data, Buffer.from(' ')])),
      expected,
    };
    yield {
      name: `cut ${name}`,
      bytes: withContent(subject, name, data.subarray(0, data.length - 1)),
      expected,
    };
    yield { name: `empty ${name}`, bytes: withContent(subject, name, new Uint8Array()), expected };
    yield {
      name: `remove ${name}`,
      bytes: withContent(subject, name, undefined),
      expected: [...expected, 'seal_file'],
    };
    const moved = rebuilt(subject, (entry) => [
      entry.name === name ? { ...entry, name: `${name}.bak` } : entry,
    ]);
    yield { name: `rename ${name}`, bytes: moved, expected: [...expected, 'seal_file', 'references'] };
  }
}

function* containerMutations(subject: Subject): Generator<OfdMutation> {
  const { original, entries } = subject;
  const expected: readonly VerificationStep[] = ['format'];
  const [first] = entries;
  const junk = Buffer.from('junk');
  yield { name: 'append octets', bytes: Buffer.concat([original, junk]), expected };
  yield { name: 'prepend octets', bytes: Buffer.concat([junk, original]), expected };
  yield { name: 'append the file to itself', bytes: Buffer.concat([original, original]), expected };
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const end = Math.floor((original.length * tenth) / 10);
    yield { name: `truncate to ${tenth}0%`, bytes: original.subarray(0, end), expected };
  }
  for (const entry of entries) {
    const at = Buffer.from(original).indexOf(Buffer.from(entry.name, 'utf8'));
    yield { name: `flip the local name of ${entry.name}`, bytes: flipped(original, at), expected };
    yield { name: `flip the local CRC of ${entry.name}`, bytes: flipped(original, at - 16), expected };
    const middle = at + Buffer.byteLength(entry.name) + Math.floor(entry.stored.length / 2);
    if (entry.method === 'deflated') {
      yield { name: `flip stored octets of ${entry.name}`, bytes: flipped(original, middle, 0xff), expected };
    }
  }
  const gap = rawZip(entries);
  const inserted = Buffer.concat([gap.subarray(0, 10), junk, gap.subarray(10)]);
  yield { name: 'insert octets between entries', bytes: inserted, expected };
  if (first !== undefined) yield* nameMutations(subject, first);
}

function* nameMutations(subject: Subject, first: ContainerEntry): Generator<OfdMutation> {
  const { entries } = subject;
  const expected: readonly VerificationStep[] = ['format'];
  const forged = Buffer.from('forged');
  for (const { name } of entries) {
    const twin = { name, data: forged };
    yield { name: `forged entry before ${name}`, bytes: rawZip([twin, ...entries]), expected };
    yield { name: `forged entry after ${name}`, bytes: rawZip([...entries, twin]), expected };
  }
  const upper = { name: first.name.toUpperCase(), data: forged };
  yield { name: 'case-equal name', bytes: rawZip([...entries, upper]), expected };
  for (const name of [
    '../evil.xml',
    '/etc/evil',
    'Doc_0\\evil.xml',
    'C:evil',
    'a//b',
    './OFD.xml',
    'Doc_0/./x',
    'nul\u0000.xml',
    'x/../../y',
  ]) {
    yield {
      name: `unsafe name ${JSON.stringify(name)}`,
      bytes: rawZip([...entries, { name, data: forged }]),
      expected,
    };
  }
  const zeros = new Uint8Array(20 * 1024 * 1024);
  yield { name: 'zip bomb by ratio', bytes: rawZip([...entries, { name: 'bomb', data: zeros }]), expected };
  yield {
    name: 'zip bomb that states a small size',
    bytes: rawZip([...entries, { name: 'bomb', data: zeros, statedSize: 100 }]),
    expected,
  };
  const fifty = Array.from({ length: 4 }, (_, index) => ({
    name: `stored${index}`,
    data: new Uint8Array(14 * 1024 * 1024),
    plain: true,
  }));
  yield { name: 'more than the inflated limit', bytes: rawZip([...entries, ...fifty]), expected };
  const many = Array.from({ length: 1_000 }, (_, index) => ({ name: `many/${index}`, data: forged }));
  yield { name: 'too many entries', bytes: rawZip([...entries, ...many]), expected };
}

function* additions(subject: Subject): Generator<OfdMutation> {
  const names = [
    'evil.xml',
    'Doc_0/Pages/Page_9/Content.xml',
    'Doc_0/Signs/Sign_0/extra.dat',
    'Doc_0/Signs/Sign_9/Signature.xml',
    'Doc_0/Attachs/evil.json',
    'META-INF/manifest.xml',
  ];
  for (const name of names) {
    const bytes = rawZip([...subject.entries, { name, data: Buffer.from('<x/>') }]);
    yield { name: `uncovered entry ${name}`, bytes, expected: ['references'] };
  }
}

/** A change of an XML part, or undefined where the part has no such place. */
type TextChange = (text: string) => string;

const STRUCTURE_CHANGES: readonly (readonly [entry: string, what: string, change: TextChange])[] = [
  ['OFD.xml', 'DTD', (text) => text.replace('?>', '?><!DOCTYPE x [<!ENTITY e "x">]>')],
  ['OFD.xml', 'second DocBody', (text) => text.replace(/(<ofd:DocBody>[\s\S]*<\/ofd:DocBody>)/, '$1$1')],
  ['OFD.xml', 'no Signatures', (text) => text.replace(/<ofd:Signatures>.*<\/ofd:Signatures>/, '')],
  ['OFD.xml', 'second Signatures', (text) => text.replace(/(<ofd:Signatures>.*<\/ofd:Signatures>)/, '$1$1')],
  [
    'OFD.xml',
    'other document',
    (text) => text.replace(/<ofd:DocRoot>.*<\/ofd:DocRoot>/, '<ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot>'),
  ],
  [
    'OFD.xml',
    'document outside',
    (text) => text.replace(/<ofd:DocRoot>.*<\/ofd:DocRoot>/, '<ofd:DocRoot>../x.xml</ofd:DocRoot>'),
  ],
  [
    'OFD.xml',
    'wrapped',
    (text) => text.replace('<ofd:OFD', '<w><ofd:OFD').replace('</ofd:OFD>', '</ofd:OFD></w>'),
  ],
  ['Signatures.xml', 'emptied', (text) => text.replaceAll(/<ofd:Signature [^>]*\/>/g, '')],
  ['Signatures.xml', 'listed twice', (text) => text.replace(/(<ofd:Signature [^>]*\/>)/, '$1$1')],
  [
    'Signatures.xml',
    'plain signature',
    (text) =>
      text.replace(/<ofd:Signature (?:ID="\d+" )(?:Type="\w+" )?/, '<ofd:Signature ID="1" Type="Sign" '),
  ],
  ['Signatures.xml', 'entity', (text) => text.replace('<ofd:MaxSignId>', '<ofd:MaxSignId>&e;')],
  ['Signature.xml', 'DTD', (text) => text.replace('?>', '?><!DOCTYPE x>')],
  [
    'Signature.xml',
    'second SignedInfo',
    (text) => text.replace(/(<ofd:SignedInfo>[\s\S]*<\/ofd:SignedInfo>)/, '$1$1'),
  ],
  [
    'Signature.xml',
    'wrapped',
    (text) =>
      text
        .replace('<ofd:SignedInfo>', '<ofd:Wrap><ofd:SignedInfo>')
        .replace('</ofd:SignedInfo>', '</ofd:SignedInfo></ofd:Wrap>'),
  ],
  ['Signature.xml', 'comment', (text) => text.replace('<ofd:SignedInfo>', '<!-- x --><ofd:SignedInfo>')],
  [
    'Signature.xml',
    'reference dropped',
    (text) => text.replace(/<ofd:Reference [^>]*>.*?<\/ofd:Reference>/, ''),
  ],
  [
    'Signature.xml',
    'reference twice',
    (text) => text.replace(/(<ofd:Reference [^>]*>.*?<\/ofd:Reference>)/, '$1$1'),
  ],
  [
    'Signature.xml',
    'references emptied',
    (text) => text.replaceAll(/<ofd:Reference [^>]*>.*?<\/ofd:Reference>/g, ''),
  ],
  [
    'Signature.xml',
    'other algorithm',
    (text) => text.replace(/CheckMethod="[^"]*"/, 'CheckMethod="1.2.156.10197.1.401.2"'),
  ],
  ['Signature.xml', 'MD5', (text) => text.replace(/CheckMethod="[^"]*"/, 'CheckMethod="MD5"')],
  ['Signature.xml', 'stamp moved', (text) => text.replace(/Boundary="[^"]*"/, 'Boundary="0 0 1 1"')],
  ['Signature.xml', 'seal elsewhere', (text) => text.replace('Seal.esl', 'Other.esl')],
  [
    'Signature.xml',
    'deep',
    (text) => text.replace('<ofd:SignedInfo>', `${'<a>'.repeat(500)}${'</a>'.repeat(500)}<ofd:SignedInfo>`),
  ],
];

function* structureMutations(subject: Subject): Generator<OfdMutation> {
  for (const [ending, what, change] of STRUCTURE_CHANGES) {
    for (const { name, data } of subject.entries) {
      if (name !== ending && !name.endsWith(`/${ending}`)) continue;
      const text = Buffer.from(data).toString('utf8');
      const changed = change(text);
      if (changed === text) continue;
      const bytes = withContent(subject, name, Buffer.from(changed, 'utf8'));
      yield { name: `${name}: ${what}`, bytes, expected: ['format', 'references', 'seal_file', 'dataHash'] };
    }
  }
}

function* swaps(subject: Subject): Generator<OfdMutation> {
  for (const entry of subject.entries) {
    const other = subject.donor.get(entry.name);
    if (other === undefined || Buffer.compare(other.data, entry.data) === 0) continue;
    if (subject.options.uncovered.includes(entry.name)) continue;
    yield {
      name: `${entry.name} of another file`,
      bytes: withContent(subject, entry.name, other.data),
      expected: [...stepsFor(entry.name), 'seal_file', 'signer_cert'],
    };
  }
  const whole = rebuilt(subject, (entry) => {
    const other = /Sign_0\/|Signatures\.xml/.test(entry.name) ? subject.donor.get(entry.name) : undefined;
    return [other ?? entry];
  });
  yield { name: 'all signature files of another file', bytes: whole, expected: ['references', 'format'] };
}

function* valueMutations(subject: Subject): Generator<OfdMutation> {
  for (const { name, data } of subject.entries) {
    if (!name.endsWith('SignedValue.dat')) continue;
    for (const [what, content, expected] of sealSignatureVariants(data)) {
      yield { name: `${name}: ${what}`, bytes: withContent(subject, name, content), expected };
    }
  }
}

/**
 * Mutations of a sealed file: each changes what was sealed, how it is found or who sealed it; none may be accepted. The
 * order and the bytes are the same each time. What is left out on purpose: fields of ZIP headers that say nothing about
 * content (who made the archive), and entries that the file's signature leaves open.
 */
export function* mutateOfd(original: Uint8Array, options: MutationOptions): Generator<OfdMutation> {
  const subject: Subject = {
    original,
    entries: entriesOf(original),
    donor: new Map(entriesOf(options.donor).map((entry) => [entry.name, entry])),
    options,
  };
  yield* contentMutations(subject);
  yield* containerMutations(subject);
  yield* additions(subject);
  yield* structureMutations(subject);
  yield* swaps(subject);
  yield* valueMutations(subject);
}
