/**
 * Really sealed files of every built-in type and face before all independent judges, in one run.
 *
 *   npx tsx tools/judges/run.ts [fallback font …]
 *
 * Prints a table of files and judges and leaves `verdicts.json` and contact sheets (our picture, ofdrw's and
 * pdftoppm's side by side) in tools/judges/scratch. Exits with 1 when a judge refuses a file or did not see one.
 */
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  console.log(`${summaries.length} files, ${verdicts.length} verdicts, ${refused.length} files refused`);
  process.exitCode = refused.length > 0 || summaries.length === 0 ? 1 : 0;
}

void main();
