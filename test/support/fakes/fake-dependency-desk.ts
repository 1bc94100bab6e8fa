import type { Principal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { DependencyDesk, HolderReport } from '../../../ports/dependency-desk';
import { CERTIFICATE_ID } from './fake-ids';

/** One certificate with a task; remembers what was reported. */
export class FakeDependencyDesk implements DependencyDesk {
  readonly reports: HolderReport[] = [];

  async keep(_: Principal, certificateId: string): Promise<Result<null, Refusal>> {
    return certificateId === CERTIFICATE_ID ? accepted(null) : refused({ code: 'notFound' });
  }

  async reportHolder(_: Principal, report: HolderReport) {
    this.reports.push(report);
    return accepted({ reportId: CERTIFICATE_ID });
  }
}
