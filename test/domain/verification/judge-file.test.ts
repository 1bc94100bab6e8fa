import type { Verdict } from '../../../domain/verification/judge-certificate';
import { judgeCertificate, VERDICTS } from '../../../domain/verification/judge-certificate';
import type { FileJudgement } from '../../../domain/verification/judge-file';
import { judgeFile } from '../../../domain/verification/judge-file';

const NOW = Date.parse('2026-11-23T12:00:00+08:00');

function aFile(verdict: Verdict): FileJudgement {
  return { verdict, reason: `file-${verdict}`, sentence: `文件：${verdict}`, checks: [] };
}

function registerSays(verdict: Verdict) {
  const marks = verdict === 'cannotTell' ? (['statusInDoubt'] as const) : [];
  const state = verdict === 'notValid' ? 'revoked' : 'inForce';
  return judgeCertificate({ state, marks, validFrom: '2026-01-01', validUntil: null }, NOW);
}

describe('a file with the register behind it', () => {
  const order: readonly Verdict[] = ['valid', 'cannotTell', 'notValid'];
  const cases = VERDICTS.flatMap((file) => VERDICTS.map((register) => [file, register] as const));

  it.each(cases)('file %s, register %s: the less favourable answer counts', (file, register) => {
    const worst = order[Math.max(order.indexOf(file), order.indexOf(register))];
    expect(judgeFile(aFile(file), registerSays(register), NOW).verdict).toBe(worst);
  });

  it('a certificate revoked since it was sealed is not valid although its file is sound', () => {
    const judgement = judgeFile(aFile('valid'), registerSays('notValid'), NOW);
    expect(judgement).toMatchObject({ verdict: 'notValid', reason: 'revoked' });
    expect(judgement.checks.at(-1)).toMatchObject({ outcome: 'failed', detail: '该证照已被吊销' });
  });
});

describe('a file that the register does not know', () => {
  it('with sound seals cannot be told, because its present state is unknown', () => {
    expect(judgeFile(aFile('valid'), null, NOW)).toMatchObject({
      verdict: 'cannotTell',
      reason: 'notInRegister',
    });
  });

  it('that was changed is not valid', () => {
    expect(judgeFile(aFile('notValid'), null, NOW)).toMatchObject({
      verdict: 'notValid',
      reason: 'file-notValid',
    });
  });
});
