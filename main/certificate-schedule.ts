import { settleCertificateDates } from '../adapters/postgres/certificate/settle-certificate-dates';
import { tellExpiring } from '../adapters/postgres/certificate/tell-expiring';
import type { Foundation } from './foundation';
import { runPeriodically } from './run-periodically';

/** Often enough that what begins or ends at midnight has done so before the office opens; verification never waits for it. */
const DATES_EVERY_MS = 30_000;
const NOTICES_EVERY_MS = 600_000;
const PAGE = 200;

/**
 * The daily schedule of certificates, by the register's clock and in pages: what takes effect, what expires, and who is
 * told 90, 60 and 30 days before. Every worker runs it; what one does no other does again.
 */
export function certificateSchedule(foundation: Foundation): readonly { stop(): Promise<void> }[] {
  const { register, cipher, integrity, clock, reportFault } = foundation;
  const page = { register, clock, pageSize: PAGE };
  return [
    runPeriodically({
      everyMs: DATES_EVERY_MS,
      reportFault,
      run: () => settleCertificateDates({ ...page, tools: { cipher, integrity } }),
    }),
    runPeriodically({ everyMs: NOTICES_EVERY_MS, reportFault, run: () => tellExpiring(page) }),
  ];
}
