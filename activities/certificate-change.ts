import type { CertificateChangeLedger, ChangeStanding } from '../ports/certificate-change-ledger';

/** A change of a certificate as its workflow calls it. */
export interface CertificateChangeActivities {
  settleCertificateChange(changeId: string): Promise<ChangeStanding>;
}

/** The one step of a change: all that is due now. */
export function createCertificateChangeActivities(
  ledger: CertificateChangeLedger,
): CertificateChangeActivities {
  return { settleCertificateChange: (changeId) => ledger.settle(changeId) };
}
