import fc from 'fast-check';
import type { CertificateState } from '../../../domain/certificate/lifecycle';
import { CERTIFICATE_MARKS, CERTIFICATE_STATES } from '../../../domain/certificate/lifecycle';
import { addDays, legalDate, startOfLegalDateMs } from '../../../domain/shared/legal-date';
import type { JudgedCertificate } from '../../../domain/verification/judge-certificate';
import { judgeCertificate } from '../../../domain/verification/judge-certificate';

const NOON = Date.parse('2026-11-23T12:00:00+08:00');

function aCertificate(override: Partial<JudgedCertificate> = {}): JudgedCertificate {
  return { state: 'inForce', marks: [], validFrom: '2026-01-01', validUntil: '2029-12-31', ...override };
}

describe('what the register answers', () => {
  const expected: Readonly<Record<CertificateState, string>> = {
    draft: 'notValid notIssued',
    underReview: 'notValid notIssued',
    awaitingSeal: 'notValid notIssued',
    notYetInForce: 'valid inForce',
    inForce: 'valid inForce',
    suspended: 'notValid suspended',
    superseded: 'notValid superseded',
    expired: 'notValid expired',
    cancelled: 'notValid cancelled',
    rescinded: 'notValid rescinded',
    recalled: 'notValid recalled',
    transferredOut: 'notValid transferredOut',
    revoked: 'notValid revoked',
    voided: 'notValid voided',
  };

  it.each(CERTIFICATE_STATES)('has one answer for %s', (state) => {
    const { verdict, reason } = judgeCertificate(aCertificate({ state }), NOON);
    expect(`${verdict} ${reason}`).toBe(expected[state]);
  });

  it('says for which instant it holds, in Beijing time', () => {
    expect(judgeCertificate(aCertificate(), NOON).at).toBe('2026-11-23T12:00:00+08:00');
  });
});

describe('dates decide at midnight, not the state that lags behind', () => {
  const lastDay = legalDate('2026-11-23');

  it('is valid through the last second of the last day and expired from the next', () => {
    const end = startOfLegalDateMs(addDays(lastDay, 1));
    const certificate = aCertificate({ validUntil: lastDay });
    expect(judgeCertificate(certificate, end - 1).verdict).toBe('valid');
    expect(judgeCertificate(certificate, end)).toMatchObject({ verdict: 'notValid', reason: 'expired' });
  });

  it('is not valid before its first day', () => {
    const certificate = aCertificate({ state: 'notYetInForce', validFrom: '2026-11-24' });
    expect(judgeCertificate(certificate, NOON)).toMatchObject({
      verdict: 'notValid',
      reason: 'notYetInForce',
    });
  });

  it('stays valid beyond its end while a renewal filed in time is undecided', () => {
    const certificate = aCertificate({ validUntil: '2026-11-01', marks: ['renewalPending'] });
    expect(judgeCertificate(certificate, NOON)).toMatchObject({ verdict: 'valid', reason: 'renewalPending' });
  });

  it('has no end when it is 长期', () => {
    expect(judgeCertificate(aCertificate({ validUntil: null }), NOON).verdict).toBe('valid');
  });
});

describe('what has ended', () => {
  const endedAt = '2026-11-23T11:30:15+08:00';

  it.each([
    ['superseded', '该证照已被新版本取代，有效至 2026-11-23 11:30'],
    ['cancelled', '该证照已注销，有效至 2026-11-23 11:30'],
    ['revoked', '该证照已被吊销，有效至 2026-11-23 11:30'],
    ['transferredOut', '该证照已办理转出，请向转入地核实，有效至 2026-11-23 11:30'],
    ['expired', '该证照已过有效期，有效期至 2029-12-31'],
    ['voided', '该证照因签发错误已作废，作废于 2026-11-23 11:30'],
  ] as const)('%s says until when it was valid', (state, sentence) => {
    expect(judgeCertificate(aCertificate({ state, endedAt }), NOON).sentence).toBe(sentence);
  });

  it('says nothing of the kind while it lasts', () => {
    for (const state of ['inForce', 'suspended', 'notYetInForce'] as const) {
      expect(judgeCertificate(aCertificate({ state, endedAt: null }), NOON).sentence).not.toMatch(/至|于 2/);
    }
  });

  it('is valid ahead of its first day when it is in force: a renewal goes on where the version before it ends', () => {
    const renewed = aCertificate({ validFrom: '2026-12-01' });
    expect(judgeCertificate(renewed, NOON)).toMatchObject({ verdict: 'valid', reason: 'inForce' });
  });
});

describe('marks', () => {
  it('状态存疑 is never called valid', () => {
    const certificate = aCertificate({ marks: ['statusInDoubt'] });
    expect(judgeCertificate(certificate, NOON)).toMatchObject({
      verdict: 'cannotTell',
      reason: 'statusInDoubt',
    });
  });

  it('核查中 is shown and changes no verdict', () => {
    const judgement = judgeCertificate(aCertificate({ marks: ['underInvestigation'] }), NOON);
    expect(judgement.verdict).toBe('valid');
    expect(judgement.marks).toEqual([expect.objectContaining({ name: '核查中' })]);
  });

  it('never make an ended certificate valid', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'cancelled',
          'rescinded',
          'recalled',
          'revoked',
          'voided',
          'superseded',
          'expired',
          'suspended',
        ),
        fc.subarray([...CERTIFICATE_MARKS]),
        fc.integer({ min: -1000, max: 4000 }),
        (state, marks, days) =>
          judgeCertificate(aCertificate({ state, marks }), NOON + days * 86_400_000).verdict === 'notValid',
      ),
    );
  });
});
