import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeRefusal } from '../../api/problem';
import type { RefusalCode } from '../../domain/shared/refusals';
import { REFUSALS } from '../../domain/shared/refusals';

const CODES = Object.keys(REFUSALS) as readonly RefusalCode[];

/** What each retry behaviour may answer; a status that contradicts it would mislead machines. */
const NEVER_LATER = new Set([400, 412, 413, 415, 422, 428]);

function sources(folder: string): readonly string[] {
  return readdirSync(join(__dirname, '../..', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(__dirname, '../..', folder, name), 'utf8'));
}

describe('the catalogue of refusals', () => {
  it.each(CODES)('%s has a status, words in both languages and a retry behaviour', (code) => {
    const { status, zh, en, retry } = REFUSALS[code];
    expect(code).toMatch(/^[a-z][a-zA-Z]+$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(zh).toMatch(/[\u4e00-\u9fff].*。$/);
    expect(en).toMatch(/^[A-Z].*\.$/);
    expect(en).not.toMatch(/[\u4e00-\u9fff]/);
    if (retry === 'later') expect(NEVER_LATER.has(status)).toBe(false);
  });

  it('is rendered in the reader’s language with everything that helps', () => {
    const problems = [{ pointer: '/a', code: 'x', expected: '应为' }];
    expect(describeRefusal({ code: 'faceInvalid', problems, facts: { a: 1 } }, 'en', 't')).toEqual({
      type: 'urn:ecert:problem:faceInvalid',
      title: REFUSALS.faceInvalid.en,
      status: 422,
      code: 'faceInvalid',
      detail: REFUSALS.faceInvalid.en,
      errors: problems,
      facts: { a: 1 },
      traceId: 't',
    });
  });

  it('is rendered in one place only', () => {
    const others = ['api', 'main', 'adapters']
      .flatMap(sources)
      .filter((text) => text.includes('problem+json'));
    const renderers = others.filter((text) => text.includes("'application/problem+json; charset"));
    expect(renderers).toHaveLength(1);
  });
});
