import { mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { missingTexts, mustRun, type Outcome, run, type Verdict } from './verdict';

/** One judge's opinion, before it is known of which file. */
type Opinion = Omit<Verdict, 'file'>;

const DPI = '110';

function isThere(command: string): boolean {
  return run('which', [command]).status === 0;
}

function installMissing(): void {
  const packages = [
    ['pdfsig', 'poppler-utils'],
    ['qpdf', 'qpdf'],
    ['mutool', 'mupdf-tools'],
  ] as const;
  const missing = packages.filter(([command]) => !isThere(command)).map(([, name]) => name);
  if (missing.length > 0) mustRun('apt-get', ['install', '-y', '-qq', ...missing]);
  if (!isThere('pyhanko')) mustRun('python3', ['-m', 'pip', 'install', '--quiet', 'pyHanko', 'pyhanko-cli']);
}

function said({ stdout, stderr }: Outcome): string {
  return `${stdout}${stderr}`;
}

/** Every signature must be valid, and the last must cover the whole file: earlier ones cannot cover what came later. */
function judgeWithPdfsig(path: string): Opinion {
  const text = said(run('pdfsig', ['-nocert', path]));
  const signatures = text.match(/Signature Validation: .*/g) ?? [];
  const allValid = signatures.length > 0 && signatures.every((line) => line.includes('Signature is Valid'));
  const coverage = text.match(/^ *- (Not )?[Tt]otal document signed/gm) ?? [];
  const whole =
    coverage.filter((line) => line.includes('- Total document signed')).length === 1 &&
    (coverage.at(-1) ?? '').includes('- Total document signed');
  return {
    judge: 'pdfsig',
    ok: allValid && whole,
    detail: `${signatures.length} signatures, last covers the whole file: ${whole}`,
  };
}

function judgeWithQpdf(path: string): Opinion {
  const outcome = run('qpdf', ['--check', path]);
  const text = said(outcome).replaceAll(/^No syntax or stream encoding errors.*$/gm, '');
  const ok = outcome.status === 0 && !/WARNING|ERROR/i.test(text.replace(/errors that qpdf cannot/g, ''));
  return { judge: 'qpdf', ok, detail: ok ? '' : text.slice(-300) };
}

/** Debian builds MuPDF without colour profiles and says so for every file; that is no finding about the file. */
const BUILD_WARNINGS = /^warning: ICC support is not available$/gm;

function judgeWithMutool(path: string, pictures: string): Opinion {
  const out = join(pictures, `${basename(path, '.pdf')}-%d.mutool.png`);
  const outcome = run('mutool', ['draw', '-q', '-r', DPI, '-F', 'png', '-o', out, path]);
  const text = said(outcome).replace(BUILD_WARNINGS, '').trim();
  return { judge: 'mutool', ok: outcome.status === 0 && text === '', detail: text.slice(-300) };
}

function judgeWithPdftoppm(path: string, pictures: string): Opinion {
  const stem = join(pictures, `${basename(path, '.pdf')}.poppler`);
  const outcome = run('pdftoppm', ['-png', '-r', DPI, path, stem]);
  const text = said(outcome).trim();
  return { judge: 'pdftoppm', ok: outcome.status === 0 && text === '', detail: text.slice(-300) };
}

function judgeText(path: string, texts: readonly string[]): Opinion {
  const missing = missingTexts(run('pdftotext', ['-raw', path, '-']).stdout, texts);
  return { judge: 'pdftotext', ok: missing.length === 0, detail: missing.slice(0, 3).join(' | ') };
}

/** Integrity, trust and, of later changes, none or such as a further signature makes. */
function judgeWithPyHanko(path: string, anchor: string): Opinion {
  const text = said(run('pyhanko', ['sign', 'validate', '--trust', anchor, '--trust-replace', path]));
  const lines = text.split('\n').filter((line) => /:(INTACT|INVALID|CORRUPT)/.test(line));
  const ok =
    lines.length > 0 &&
    lines.every(
      (line) =>
        line.includes(':INTACT:') &&
        line.includes(':TRUSTED') &&
        /UNTOUCHED|ACCEPTABLE_MODIFICATIONS/.test(line),
    );
  const detail = ok ? lines.map((line) => line.split(':').slice(2).join(':')).join(' ') : text.slice(-400);
  return { judge: 'pyhanko', ok, detail };
}

/**
 * Lets poppler, qpdf, MuPDF and pyHanko look at every PDF file of a folder. Installs what is missing by package name:
 * poppler-utils, qpdf and mupdf-tools through apt, pyHanko and pyhanko-cli through pip.
 * @param anchor the trusted certificate in PEM.
 * @param pictures where renderings go, `<name>.poppler-<page>.png` and `<name>-<page>.mutool.png`.
 * @param texts what a reader must find, by file name.
 */
export function judgePdfFiles(
  folder: string,
  anchor: string,
  pictures: string,
  texts: ReadonlyMap<string, readonly string[]>,
): readonly Verdict[] {
  installMissing();
  mkdirSync(pictures, { recursive: true });
  const files = readdirSync(folder).filter((name) => name.endsWith('.pdf'));
  return files.sort().flatMap((file) => {
    const path = join(folder, file);
    return [
      judgeWithPdfsig(path),
      judgeWithQpdf(path),
      judgeWithMutool(path, pictures),
      judgeWithPdftoppm(path, pictures),
      judgeText(path, texts.get(file) ?? []),
      judgeWithPyHanko(path, anchor),
    ].map((opinion) => ({ ...opinion, file }));
  });
}
