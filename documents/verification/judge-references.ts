import type { ContainerEntry } from '../container/read-container';
import { sm3 } from '../sm/sm3';
import type { OfdSkeleton, SignatureDescription } from './ofd-signatures';
import type { StepReport } from './verification-report';

type Entries = ReadonlyMap<string, ContainerEntry>;

const SM3_NAMES: ReadonlySet<string> = new Set(['SM3', '1.2.156.10197.1.401']);

/** SM3 of the entries of one container, each computed once for all of its signatures. */
export interface EntryDigests {
  of(path: string): Uint8Array | undefined;
}

/** Digests on demand over `entries`. */
export function createEntryDigests(entries: Entries): EntryDigests {
  const known = new Map<string, Uint8Array>();
  return {
    of(path) {
      const kept = known.get(path);
      if (kept !== undefined) return kept;
      const entry = entries.get(path);
      if (entry === undefined) return undefined;
      const digest = sm3(entry.data);
      known.set(path, digest);
      return digest;
    },
  };
}

function decodeCheckValue(text: string): Uint8Array | undefined {
  const compact = text.replaceAll(/\s/g, '');
  const bytes = Buffer.from(compact, 'base64');
  return bytes.length === 32 && bytes.toString('base64') === compact ? bytes : undefined;
}

function judgeOne(
  reference: SignatureDescription['references'][number],
  digests: EntryDigests,
): Pick<StepReport, 'reason' | 'detail'> | undefined {
  const detail = reference.path;
  const expected = decodeCheckValue(reference.checkValue);
  if (expected === undefined) return { reason: 'referenceMalformed', detail };
  const actual = digests.of(reference.path);
  if (actual === undefined) return { reason: 'referenceMissing', detail };
  return Buffer.compare(actual, expected) === 0 ? undefined : { reason: 'referenceDiffers', detail };
}

/** Step `references` without coverage: each named file is there, once, and has the stated SM3 digest. */
export function judgeReferences(description: SignatureDescription, digests: EntryDigests): StepReport {
  const step = 'references';
  const { checkMethod, references } = description;
  if (checkMethod === undefined || !SM3_NAMES.has(checkMethod.toUpperCase())) {
    return { step, outcome: 'failed', reason: 'digestAlgorithmUnknown', detail: checkMethod ?? '' };
  }
  if (references.length === 0) return { step, outcome: 'failed', reason: 'referenceMissing', detail: '' };
  const seen = new Set<string>();
  for (const reference of references) {
    if (seen.has(reference.path)) {
      return { step, outcome: 'failed', reason: 'referenceRepeated', detail: reference.path };
    }
    seen.add(reference.path);
    const problem = judgeOne(reference, digests);
    if (problem !== undefined) return { step, outcome: 'failed', ...problem };
  }
  return { step, outcome: 'passed' };
}

/** Files of the package that one signature leaves open, without its own description and value. */
export function uncoveredBy(description: SignatureDescription, path: string, entries: Entries): string[] {
  const covered = new Set(description.references.map((reference) => reference.path));
  return [...entries.keys()].filter(
    (name) => !covered.has(name) && name !== path && name !== description.signedValuePath,
  );
}

/**
 * Files that no signature of the package covers and that are no part of the signing itself. Such a file was put beside
 * what was sealed: the package is refused. OFD.xml and Signatures.xml may stay open (makers differ, and joint seals
 * need it); their openness is a notice.
 */
export function strayEntries(
  skeleton: OfdSkeleton,
  descriptions: readonly { readonly path: string; readonly description: SignatureDescription }[],
  entries: Entries,
): string[] {
  const explained = new Set<string>(['OFD.xml']);
  if (skeleton.signaturesPath !== undefined) explained.add(skeleton.signaturesPath);
  for (const { path, description } of descriptions) {
    explained.add(path);
    explained.add(description.signedValuePath);
    if (description.sealPath !== undefined) explained.add(description.sealPath);
    for (const reference of description.references) explained.add(reference.path);
  }
  return [...entries.keys()].filter((name) => !explained.has(name));
}
