import { legalDateAt } from '../../../domain/shared/legal-date';
import type { DemonstrationDeps } from '../demonstration-deps';
import { SEEDER } from '../demonstration-deps';
import { historyBeginsOn } from '../demonstration-history';
import { unitId } from '../seed-units';
import { certificatePlan } from './certificate-plan';
import { guarded } from './guarded';
import { layIssuance } from './lay-issuance';
import { businessNumberOf, type PlannedIssuance } from './planned-issuance';
import type { StoryOffice } from './story-office';

/** Every so-manieth certificate of the plan: several processes lay out what none of them has in common. */
export interface StockShare {
  readonly index: number;
  readonly of: number;
}

export interface StockOptions {
  readonly office: StoryOffice;
  readonly deps: DemonstrationDeps;
  readonly share: StockShare;
  readonly signal?: AbortSignal;
  readonly part?: { readonly stock: number };
  /** Told of each certificate. */
  readonly laid: () => void;
}

/** Effect: the share's certificates of the stock have gone through the line, oldest first. Out: what could not be laid out. */
export async function layOutStock(options: StockOptions): Promise<readonly string[]> {
  const { office, deps, share, signal, part, laid } = options;
  const faults: string[] = [];
  const { missing } = await stockOf(office, deps, part?.stock, share);
  for (const planned of missing) {
    if (signal?.aborted === true) break;
    const isDone = await guarded(businessNumberOf(planned), faults, async () => {
      // A case of last year that is on its way for a moment would be overdue on everybody's board.
      await office.register.asOne(async () => {
        await layIssuance(office, planned);
      });
      office.records.clear();
      await office.register.letGo();
    });
    if (isDone) laid();
  }
  return faults;
}

/** Out: how many certificates the stock has, and those of the share that are not there yet. */
export async function stockOf(
  office: StoryOffice,
  deps: DemonstrationDeps,
  most?: number,
  share: StockShare = { index: 0, of: 1 },
): Promise<{ readonly total: number; readonly missing: readonly PlannedIssuance[] }> {
  const now = deps.clock.now();
  const plan = certificatePlan(historyBeginsOn(now), legalDateAt(now.getTime())).slice(0, most);
  const own = plan.filter((_, index) => index % share.of === share.index);
  const rows = await office.register.statement<{ authority_id: string; business_number: string }>(
    SEEDER,
    `SELECT authority_id, business_number FROM issuance WHERE closed_at IS NOT NULL AND business_number = ANY (?::text[])`,
    [own.map(businessNumberOf)],
  );
  const done = new Set(rows.map((row) => `${row.authority_id}/${row.business_number}`));
  const missing = own.filter(
    (planned) => !done.has(`${unitId(planned.unitKey)}/${businessNumberOf(planned)}`),
  );
  return { total: plan.length, missing };
}
