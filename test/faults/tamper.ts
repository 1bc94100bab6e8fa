import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readContainer } from '../../documents/container/read-container';
import { loadFontChain } from '../../documents/fonts/font-chain';
import { layOut } from '../../documents/layout/lay-out';
import { writeOfd } from '../../documents/ofd/write-ofd';
import { readSealSignature } from '../../documents/ses-reading/read-seal-signature';
import { BUILT_IN_TEMPLATES } from '../../documents/templates/built-in-templates';
import type {
  VerificationOptions,
  VerificationReport,
} from '../../documents/verification/verification-report';
import { verifyFile } from '../../documents/verification/verify-file';
import { ORDINARY_FACES } from '../documents/sample-faces';
import { forgeOfd } from '../support/forge-ofd';
import { mutateOfd, type OfdMutation } from '../support/mutate-ofd';
import { buildOfd } from '../support/ofd-builder';
import { createSealKit, type SealKit, SIGNED_AT } from '../support/seal-kit';

/** What a run of the fault test found; `met` is true when every goal of performance-and-faults.md was. */
export interface TamperResult {
  readonly mutations: number;
  readonly accepted: number;
  readonly crashes: number;
  readonly wrongStep: number;
  readonly wrongOriginals: number;
  readonly slowestMs: number;
  readonly largestGrowthMb: number;
  readonly met: boolean;
  /** A harness that cannot fail proves nothing: a verifier that stops after the stamp signature accepted these. */
  readonly naiveAccepted: number;
  readonly caught: boolean;
  readonly failures: readonly string[];
}

interface Subject {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly donor: Uint8Array;
  readonly options: VerificationOptions;
  readonly uncovered: readonly string[];
}

const MIN_MUTATIONS = 200;
const MAX_MS = 1_000;
const MAX_GROWTH_MB = 200;

function sampleSubject(name: string, donor: Uint8Array, uncovered: readonly string[]): Subject {
  const bytes = readFileSync(join(__dirname, '../samples/ofd', name));
  const reading = readContainer(bytes);
  const value = reading.ok ? reading.entries.get('Doc_0/Signs/Sign_0/SignedValue.dat') : undefined;
  if (value === undefined) throw new Error(`${name} has no signature value`);
  const { signerCertificate, seal } = readSealSignature(value.data);
  const options = {
    trustAnchors: [signerCertificate, seal.makerCertificate],
    revocationLists: [],
    at: new Date('2026-11-01T00:00:00Z'),
  };
  return { name, bytes, donor, options, uncovered };
}

/** A whole certificate as the product writes it, with embedded fonts, template page and attachment. */
async function sealedCertificate(kit: SealKit): Promise<Uint8Array> {
  const title = '道路运输证';
  const template = BUILT_IN_TEMPLATES.get(title);
  if (template === undefined) throw new Error(`no template ${title}`);
  const face = Object.entries(ORDINARY_FACES[title] ?? {}).map(([name, value]) => ({ name, value }));
  const fonts = await loadFontChain();
  const laidOut = layOut({ template, face, fonts, qrText: 'https://example.org/v/1', watermark: null });
  if (!laidOut.ok) throw new Error('the face does not fit its template');
  const ofd = writeOfd(laidOut.document, {
    docId: '0123456789abcdef0123456789abcdef',
    title,
    createdAt: SIGNED_AT,
    customData: { ZZMC: title },
    attachments: [
      { name: 'face.json', format: 'json', data: Buffer.from(JSON.stringify({ title }), 'utf8') },
    ],
  });
  return kit.sign(ofd, { boxes: laidOut.document.sealBoxes });
}

async function ownSubjects(kit: SealKit, quick: boolean): Promise<Subject[]> {
  const donor = await kit.sign(buildOfd({ text: '另一份证照' }));
  const plain = { donor, options: kit.options(), uncovered: [] };
  const subjects = [{ ...plain, name: 'own v4', bytes: await kit.sign(buildOfd()) }];
  if (quick) return subjects;
  const second = await kit.issue('sealSigner', { commonName: '第二机关' });
  const first = await kit.sign(buildOfd(), { lock: false });
  const secondSeal = await kit.seal({ signerCertificates: [second.certificate] });
  return [
    ...subjects,
    {
      ...plain,
      name: 'own v5',
      bytes: await kit.sign(buildOfd(), { electronicSeal: await kit.seal({ version: 5 }) }),
    },
    { ...plain, name: 'own joint', bytes: await kit.sign(first, { electronicSeal: secondSeal }, second) },
    { ...plain, name: 'own certificate', bytes: await sealedCertificate(kit) },
  ];
}

class Tally {
  mutations = 0;
  accepted = 0;
  crashes = 0;
  wrongStep = 0;
  slowestMs = 0;
  largestGrowthMb = 0;
  naiveAccepted = 0;
  readonly failures: string[] = [];

  judge(subject: string, mutation: OfdMutation, options: VerificationOptions): void {
    this.mutations += 1;
    const name = `${subject}: ${mutation.name}`;
    const memory = process.memoryUsage().rss;
    const started = performance.now();
    let report: VerificationReport | undefined;
    try {
      report = verifyFile(mutation.bytes, options);
    } catch (error) {
      this.crashes += 1;
      this.failures.push(`${name}: threw ${String(error)}`);
    }
    this.slowestMs = Math.max(this.slowestMs, performance.now() - started);
    this.largestGrowthMb = Math.max(this.largestGrowthMb, (process.memoryUsage().rss - memory) / 2 ** 20);
    if (report !== undefined) this.weigh(name, mutation, report);
  }

  private weigh(name: string, mutation: OfdMutation, report: VerificationReport): void {
    const step = report.firstFailedStep;
    if (report.reason === 'internalFault') {
      this.crashes += 1;
      this.failures.push(`${name}: internal fault`);
    }
    if (report.overall === 'valid') {
      this.accepted += 1;
      this.failures.push(`${name}: accepted`);
    } else if (step === undefined || !mutation.expected.includes(step)) {
      this.wrongStep += 1;
      this.failures.push(
        `${name}: refused at ${step ?? 'no step'} (${report.reason}), expected ${mutation.expected.join('|')}`,
      );
    }
    if (wouldPassNaively(report)) this.naiveAccepted += 1;
  }
}

/** What well-known open validators look at: digests, seal file, dataHash, stamp signature, and nothing after. */
function wouldPassNaively(report: VerificationReport): boolean {
  const early = new Set(['format', 'references', 'seal_file', 'dataHash', 'stamp_signature']);
  return (
    report.signatures.length > 0 &&
    report.signatures.every(({ steps }) =>
      steps.every(
        ({ step, outcome, reason }) =>
          !early.has(step) || outcome !== 'failed' || reason === 'entryNotCovered',
      ),
    )
  );
}

/**
 * Mutates own files and the two samples that verify, and forges files with wrong keys and times; every one must be
 * refused at an expected step, none may crash the verifier, each within 1 s and 200 MB. The untouched originals must
 * be valid in the same run. `quick` takes one own file and fewer flips, still at least 200 mutations.
 */
export async function runTamper(options: { readonly quick: boolean }): Promise<TamperResult> {
  const kit = await createSealKit();
  const own = await ownSubjects(kit, options.quick);
  const donor = own[0]?.bytes ?? new Uint8Array();
  const subjects = [
    ...own,
    sampleSubject('allprotected.ofd', donor, []),
    sampleSubject('999.ofd', donor, ['OFD.xml', 'Doc_0/Signs/Signatures.xml']),
  ];
  const tally = new Tally();
  let wrongOriginals = 0;
  for (const subject of subjects) {
    const { overall, reason } = verifyFile(subject.bytes, subject.options);
    if (overall !== 'valid') {
      wrongOriginals += 1;
      tally.failures.push(`${subject.name}: the original is ${overall} (${reason})`);
    }
    const flipsPerEntry = options.quick ? 2 : 5;
    const { donor: other, uncovered } = subject;
    for (const mutation of mutateOfd(subject.bytes, { donor: other, flipsPerEntry, uncovered })) {
      tally.judge(subject.name, mutation, subject.options);
    }
  }
  for (const forgery of await forgeOfd(kit)) {
    tally.judge('forgery', forgery, kit.options(forgery.options ?? {}));
  }
  const { mutations, accepted, crashes, wrongStep, slowestMs, largestGrowthMb, naiveAccepted, failures } =
    tally;
  const faults = accepted + crashes + wrongStep + wrongOriginals;
  const caught = naiveAccepted > 0;
  const bounded = slowestMs <= MAX_MS && largestGrowthMb <= MAX_GROWTH_MB;
  return {
    mutations,
    accepted,
    crashes,
    wrongStep,
    wrongOriginals,
    slowestMs,
    largestGrowthMb,
    met: faults === 0 && caught && bounded && mutations >= MIN_MUTATIONS,
    naiveAccepted,
    caught,
    failures,
  };
}
