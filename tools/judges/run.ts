/**
 * Really sealed files of every built-in type and face before all independent judges, in one run.
 *
 *   npx tsx tools/judges/run.ts [fallback font …]
 *
 * Prints a table of files and judges and leaves `verdicts.json` and contact sheets (our picture, ofdrw's and
 * pdftoppm's side by side) in tools/judges/scratch. Exits with 1 when a judge refuses a file or did not see one.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { compareInk } from './compare-ink';
import { writeContactSheets } from './contact-sheet';
import { judgeOfdFiles } from './ofd-judges';
import { judgePdfFiles } from './pdf-judges';
import type { Verdict } from './verdict';
import { writeSealedFiles } from './write-sealed-files';

const SCRATCH = join(__dirname, 'scratch');
const FILES = join(SCRATCH, 'files');
const PICTURES = join(SCRATCH, 'pictures');
const GOAL_BYTES = 40_000;

const JUDGES = {
  ofd: ['ofdrw parse', 'ofdrw text', 'ofdrw verify', 'ofdrw render', 'ofdrw ink', 'gmsm', 'openssl'],
  pdf: ['pdfsig', 'qpdf', 'mutool', 'pdftoppm', 'poppler ink', 'pdftotext', 'pyhanko'],
} as const;

interface FileVerdicts {
  readonly file: string;
  readonly bytes: number;
  readonly withinGoal: boolean;
  readonly judges: Readonly<Record<string, boolean>>;
  readonly refusals: readonly string[];
}

/** One line per file; a judge who said nothing of it has not accepted it. */
function summarize(file: string, verdicts: readonly Verdict[]): FileVerdicts {
  const own = verdicts.filter((verdict) => verdict.file === file);
  const judges = JUDGES[file.endsWith('.ofd') ? 'ofd' : 'pdf'].map((judge) => {
    const said = own.filter((verdict) => verdict.judge === judge);
    return [judge, said.length > 0 && said.every(({ ok }) => ok)] as const;
  });
  const bytes = statSync(join(FILES, file)).size;
  return {
    file,
    bytes,
    withinGoal: bytes <= GOAL_BYTES,
    judges: Object.fromEntries(judges),
    refusals: own.filter(({ ok }) => !ok).map(({ judge, detail }) => `${judge}: ${detail}`),
  };
}

function printTable(summaries: readonly FileVerdicts[]): void {
  for (const kind of ['ofd', 'pdf'] as const) {
    console.log(`\n${['bytes', ...JUDGES[kind], 'file'].join('  ')}`);
    for (const { file, bytes, judges, refusals } of summaries.filter((one) => one.file.endsWith(kind))) {
      const marks = JUDGES[kind].map((judge) => (judges[judge] === true ? '✔' : '✘').padEnd(judge.length));
      console.log([String(bytes).padStart(6), ...marks, file].join('  '));
      for (const refusal of refusals) console.log(`        ${refusal}`);
    }
  }
}

/** Judges whose refusal a changed octet must bring about; the others look at structure and pictures only. */
const MUST_REFUSE = ['ofdrw verify', 'gmsm', 'pdfsig', 'pyhanko'];
const PLANTED = join(SCRATCH, 'planted');

/**
 * A run that cannot refuse proves nothing: one file of each kind with a changed octet must be refused by every judge of
 * signatures. In the OFD it lies in what dataHash covers, in the PDF in its first object.
 */
function judgePlanted(anchor: string): readonly string[] {
  rmSync(PLANTED, { recursive: true, force: true });
  mkdirSync(PLANTED, { recursive: true });
  const entries = unzipSync(readFileSync(join(FILES, 'version-5-seal.ofd')));
  const name = 'Doc_0/Signs/Sign_0/Signature.xml';
  const changed = { ...entries, [name]: Buffer.concat([entries[name] ?? Buffer.alloc(0), Buffer.from(' ')]) };
  writeFileSync(join(PLANTED, 'planted.ofd'), zipSync(changed));
  const pdf = readFileSync(join(FILES, 'version-5-seal.pdf'));
  const at = pdf.indexOf('(D:20', 0, 'latin1') + 5;
  pdf[at] = (pdf[at] ?? 0) ^ 1;
  writeFileSync(join(PLANTED, 'planted.pdf'), pdf);
  const verdicts = [
    ...judgeOfdFiles(PLANTED, join(PLANTED, 'pictures'), new Map()),
    ...judgePdfFiles(PLANTED, anchor, join(PLANTED, 'pictures'), new Map()),
  ];
  return MUST_REFUSE.filter((judge) => {
    const said = verdicts.filter((verdict) => verdict.judge === judge);
    return said.length === 0 || said.every(({ ok }) => ok);
  });
}

async function main(): Promise<void> {
  for (const folder of [FILES, PICTURES]) rmSync(folder, { recursive: true, force: true });
  const { anchor, texts, documents } = await writeSealedFiles(FILES, process.argv.slice(2));
  const verdicts = [
    ...judgeOfdFiles(FILES, PICTURES, texts),
    ...judgePdfFiles(FILES, anchor, PICTURES, texts),
    ...[...documents].flatMap(([name, document]) => compareInk(name, document, FILES, PICTURES)),
  ];
  const files = readdirSync(FILES).filter((name) => /\.(ofd|pdf)$/.test(name));
  const summaries = files.sort().map((file) => summarize(file, verdicts));
  writeFileSync(join(SCRATCH, 'verdicts.json'), JSON.stringify({ summaries, verdicts }, null, 1));
  printTable(summaries);
  for (const sheet of writeContactSheets(FILES, PICTURES, SCRATCH)) console.log(sheet);
  const refused = summaries.filter(({ judges }) => Object.values(judges).includes(false));
  const blind = judgePlanted(anchor);
  console.log(`${summaries.length} files, ${verdicts.length} verdicts, ${refused.length} files refused`);
  console.log(
    `judges that did not see the planted change: ${blind.length === 0 ? 'none' : blind.join(', ')}`,
  );
  process.exitCode = refused.length > 0 || blind.length > 0 || summaries.length === 0 ? 1 : 0;
}

void main();
