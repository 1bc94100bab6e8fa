import { finishPdfSignature } from '../../documents/pdf-signature/finish-pdf-signature';
import { preparePdfSignature } from '../../documents/pdf-signature/prepare-pdf-signature';
import { readPdfFile } from '../../documents/pdf-signature/reading/read-pdf-file';
import { appendUpdate, nextObjectNumber, withEntries } from '../../documents/pdf-signature/write-pdf-update';
import { hostilePdfs, mutatePdf, overwritten, type PdfMutation, signaturePlace } from '../support/mutate-pdf';
import { cmsForgeries } from '../support/mutate-pdf-cms';
import { naiveAccepts } from '../support/naive-pdf-verifier';
import { makePdfSigningWorld, type PdfSigningWorld } from '../support/pdf-signing-world';
import { makeSimplePdf } from '../support/simple-pdf';

const MAX_MS = 1_000;

interface Original {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly verdict: 'valid' | 'invalid';
  /** Where the last signature ends, when that is not the end of the file. */
  readonly coveredEnd?: number;
}

export interface TamperPdfResult {
  readonly originals: number;
  readonly wrongOriginals: readonly string[];
  readonly mutations: number;
  readonly accepted: readonly string[];
  readonly crashes: readonly string[];
  readonly wrongStep: readonly string[];
  readonly slowestMs: number;
  readonly slowest: string;
  /** How many of the same mutations a verifier accepts that checks digest and signature only. */
  readonly naiveAccepted: number;
  readonly caught: boolean;
  readonly met: boolean;
}

async function invisibleSecond(world: PdfSigningWorld, first: Uint8Array): Promise<Uint8Array> {
  const { appearance: _, ...order } = world.order({ fieldName: 'Signature2' });
  const prepared = preparePdfSignature(first, order);
  return finishPdfSignature(prepared, await world.key.issuerKey.sign(prepared.toBeSigned));
}

/** Validation data after the last signature, as PAdES-B-LT adds it: the one change that needs no signature. */
function withValidationData(bytes: Uint8Array, certificate: Uint8Array): Uint8Array {
  const file = readPdfFile(bytes);
  const root = file.trailer.entries.get('Root');
  const catalog = file.dictionary(root);
  if (root?.kind !== 'reference' || catalog === undefined) throw new Error('no catalog');
  const free = nextObjectNumber(file);
  const data = Buffer.from(certificate).toString('latin1');
  const objects = [
    { number: free, generation: 0, body: `<< /Type /DSS /Certs [${free + 1} 0 R] >>` },
    { number: free + 1, generation: 0, body: `<< /Length ${data.length} >>\nstream\n${data}\nendstream` },
    { number: root.number, generation: 0, body: withEntries(catalog, { DSS: `${free} 0 R` }) },
  ];
  return appendUpdate(file, objects, Buffer.from('validation data')).bytes;
}

/** Untouched files with the verdicts that they must get in the same run. */
async function makeOriginals(world: PdfSigningWorld): Promise<Original[]> {
  const table = await world.sign(makeSimplePdf());
  const stream = await world.sign(makeSimplePdf({ style: 'stream' }));
  const valid = (name: string, bytes: Uint8Array): Original => ({ name, bytes, verdict: 'valid' });
  return [
    valid('table', table),
    valid('stream', stream),
    valid('timestamped', await world.signWithTimestamp(makeSimplePdf())),
    valid('certified', await world.sign(makeSimplePdf(), { docMdp: 2 })),
    valid('joint, table', await invisibleSecond(world, table)),
    valid('joint, stream', await invisibleSecond(world, stream)),
    {
      ...valid('with validation data', withValidationData(table, world.pki.authority)),
      coveredEnd: table.length,
    },
    { name: 'not signed', bytes: makeSimplePdf(), verdict: 'invalid' },
  ];
}

/** Shadow attack: the signed page names an object that only a later revision brings. */
async function filledHole(world: PdfSigningWorld): Promise<{ original: Uint8Array; mutation: PdfMutation }> {
  const base = Buffer.from(
    makeSimplePdf().toString('latin1').replace('/Contents 5 0 R ', '/Contents [5 0 R 77 0 R] '),
    'latin1',
  );
  const shifted = fixedStart(base);
  const original = await world.sign(shifted);
  const text = 'BT /F1 40 Tf 72 400 Td (forged) Tj ET';
  const body = `<< /Length ${text.length} >>\nstream\n${text}\nendstream`;
  const bytes = appendUpdate(
    readPdfFile(original),
    [{ number: 77, generation: 0, body }],
    Buffer.from('x'),
  ).bytes;
  return { original, mutation: { name: 'update: an object fills a hole', bytes, steps: ['later_changes'] } };
}

/** Rewrites the table of a simple file whose objects moved. */
function fixedStart(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const start = text.lastIndexOf('xref\n0');
  const table = text.slice(start).replace(/startxref\n\d+/, `startxref\n${start}`);
  let number = 0;
  const moved = table.replace(/\d{10} 00000 n/g, () => {
    number += 1;
    return `${String(text.indexOf(`${number} 0 obj`)).padStart(10, '0')} 00000 n`;
  });
  return Buffer.from(text.slice(0, start) + moved, 'latin1');
}

/** The signature of one file laid into another of the same signer. */
function swapped(one: Uint8Array, other: Uint8Array): PdfMutation {
  const from = signaturePlace(other).contents;
  const to = signaturePlace(one).contents;
  const digits = Buffer.from(other.subarray(from.start, from.end)).toString('latin1');
  return {
    name: 'contents of another file',
    bytes: overwritten(one, to.start, digits),
    steps: ['digest', 'byte_range'],
  };
}

/**
 * Mutates signed PDFs and counts what the verifier accepts.
 * @param quick fewer flips for each original.
 * @returns `met` only when nothing was accepted, nothing crashed, every refusal came at an expected step, every
 * untouched original got its known verdict and no file took longer than a second.
 */
export async function runTamperPdf({ quick }: { readonly quick: boolean }): Promise<TamperPdfResult> {
  const world = await makePdfSigningWorld();
  const originals = await makeOriginals(world);
  const hole = await filledHole(world);
  originals.push({ name: 'with a hole', bytes: hole.original, verdict: 'valid' });
  const flipCount = quick ? 4 : 40;
  const signed = originals.filter(({ verdict, name }) => verdict === 'valid' && name !== 'with a hole');
  const [first, second] = [signed[0], signed[3]];
  const mutations = [
    ...signed.flatMap(({ name, bytes, coveredEnd }) =>
      mutatePdf(bytes, flipCount, coveredEnd).map((mutation) => ({
        ...mutation,
        name: `${name}: ${mutation.name}`,
      })),
    ),
    ...(await cmsForgeries(world)),
    ...hostilePdfs(),
    hole.mutation,
    ...(first === undefined || second === undefined ? [] : [swapped(first.bytes, second.bytes)]),
  ];
  const wrongOriginals = originals
    .filter(({ bytes, verdict }) => world.judge(bytes).overall !== verdict)
    .map(({ name }) => name);
  return { originals: originals.length, wrongOriginals, ...judgeAll(world, mutations, wrongOriginals) };
}

function judgeAll(
  world: PdfSigningWorld,
  mutations: readonly PdfMutation[],
  wrongOriginals: readonly string[],
): Omit<TamperPdfResult, 'originals' | 'wrongOriginals'> {
  const accepted: string[] = [];
  const crashes: string[] = [];
  const wrongStep: string[] = [];
  const naiveAccepted = mutations.filter(({ bytes }) => naiveAccepts(bytes)).length;
  let [slowestMs, slowest] = [0, ''];
  for (const { name, bytes, steps } of mutations) {
    const started = performance.now();
    try {
      const report = world.judge(bytes);
      if (report.reason === 'internalFault') crashes.push(name);
      else if (report.overall === 'valid') accepted.push(name);
      else if (steps !== undefined && !steps.some((step) => step === report.firstFailedStep)) {
        wrongStep.push(`${name} → ${report.firstFailedStep} ${report.reason}`);
      }
    } catch (fault) {
      crashes.push(`${name}: ${String(fault)}`);
    }
    const elapsed = performance.now() - started;
    if (elapsed > slowestMs) [slowestMs, slowest] = [elapsed, name];
  }
  const clean = [accepted, crashes, wrongStep, wrongOriginals].every((list) => list.length === 0);
  const caught = naiveAccepted > 0;
  const met = clean && caught && slowestMs <= MAX_MS;
  const counts = { mutations: mutations.length, naiveAccepted, caught };
  return { ...counts, accepted, crashes, wrongStep, slowestMs, slowest, met };
}
