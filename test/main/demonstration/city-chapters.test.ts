import { legalDate } from '../../../domain/shared/legal-date';
import { ISSUED_IN_SCENARIOS } from '../../../main/demonstration/city/certificate-plan';
import { cityChapters } from '../../../main/demonstration/city/city-chapters';

const keys = cityChapters(legalDate('2026-11-24')).map(({ key }) => key);
const many = (prefix: string): number => keys.filter((key) => key.startsWith(prefix)).length;
const issuedBy = (type: string, unitKey: string): number =>
  ISSUED_IN_SCENARIOS.find((issued) => issued[0] === type && issued[1] === unitKey)?.[2] ?? 0;

describe('The stories of the demonstration city', () => {
  it('have each a name of its own, by which the log knows that it was told', () => {
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('set the limits of the office before any clock runs', () => {
    expect(keys[0]).toBe('office/time-limits');
  });

  it('leave 18 to review of which 2 differ, 4 sent back, 3 without a seal, 2 with the agency down, one sealed by one of two', () => {
    expect(many('issuance/to-review/') + many('issuance/different/')).toBe(18);
    expect(many('issuance/different/')).toBe(2);
    expect(many('issuance/sent-back/')).toBe(4);
    expect(many('issuance/without-seal/')).toBe(3);
    expect(many('issuance/agency-down/')).toBe(2);
    expect(many('issuance/joint')).toBe(1);
  });

  it('bring every state at least five times', () => {
    for (const path of [
      'suspensions',
      'cancellations',
      'rescissions',
      'recalls',
      'voidings',
      'transfers-out',
      'expired',
    ]) {
      expect([path, many(`state/${path}/`)]).toEqual([path, 5]);
    }
    // The fifth is the one that the review overturned; another was cancelled afterwards.
    expect(many('state/revocations/')).toBe(4);
    expect(many('state/reinstated') + many('state/revoked-then-cancelled')).toBe(2);
  });

  it('are 25 objections: 6 unclaimed, 9 in work, 2 due today, 2 overdue and the five that went further', () => {
    expect(many('anomaly/')).toBe(25);
    expect(
      ['unclaimed', 'in-work', 'due-today', 'overdue', 'upheld'].map((name) => many(`anomaly/${name}/`)),
    ).toEqual([6, 9, 2, 2, 2]);
    for (const name of ['transferred-twice', 'across-provinces', 'unreachable', 'corrected']) {
      expect(keys).toContain(`anomaly/${name}`);
    }
  });

  it('are five events of force majeure, six increments, thirty days of reads', () => {
    expect([many('force-majeure/'), many('increments/'), many('office/reads/')]).toEqual([5, 6, 30]);
  });

  it('leave 31 to be picked up and 2 to the wrong person; one went to an agent, three met a portal that was down', () => {
    expect(
      ['pickup/', 'wrong-person/', 'by-agent', 'portal-down/'].map((name) => many(`issuance/${name}`)),
    ).toEqual([31, 2, 1, 3]);
  });

  it('issue as many certificates as the stock leaves to them', () => {
    const estates = ['pickup/', 'wrong-person/', 'by-agent', 'portal-down/', 'co-owners', 'minor', 'rare/'];
    expect(estates.reduce((sum, name) => sum + many(`issuance/${name}`), 0)).toBe(
      issuedBy('realEstate', 'bureau-150602'),
    );
    expect(many('anomaly/') + many('state/') - many('state/renewal-pending')).toBe(
      issuedBy('roadTransport', 'bureau-150602'),
    );
    expect(many('state/renewal-pending')).toBe(issuedBy('roadBusiness', 'bureau-150602'));
  });
});
