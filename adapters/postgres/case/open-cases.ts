import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { ConductedKind } from '../../../ports/conductor';
import { CONDUCTED_KINDS } from '../../../ports/conductor';
import type { Register } from '../register/register';

const RESUMER: SystemPrincipal = { kind: 'system', component: 'resume' };

export interface OpenCase {
  readonly kind: ConductedKind;
  readonly id: string;
}

/** Which rows of a lifecycle are not at their end, and so have a workflow. */
const OPEN: Readonly<Record<ConductedKind, string>> = {
  issuance: 'SELECT id FROM issuance WHERE closed_at IS NULL AND id > ? ORDER BY id LIMIT ?',
  delivery: `SELECT id FROM delivery WHERE state NOT IN ('delivered', 'pickedUp', 'exempted') AND id > ? ORDER BY id LIMIT ?`,
  anomalyCase: 'SELECT id FROM anomaly_case WHERE closed_at IS NULL AND id > ? ORDER BY id LIMIT ?',
  certificateChange:
    'SELECT id FROM certificate_change WHERE closed_at IS NULL AND id > ? ORDER BY id LIMIT ?',
  // One that is not recognised has work until its items have their clocks back.
  forceMajeureEvent: `SELECT e.id FROM force_majeure_event e WHERE (e.closed_at IS NULL OR EXISTS (
      SELECT 1 FROM force_majeure_item m WHERE m.event_id = e.id AND m.state = 'open')) AND e.id > ? ORDER BY e.id LIMIT ?`,
};
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** In: the register and a page size. Out: every open case, page by page, in the order of ids; never all in memory. */
export async function* openCases(register: Register, pageSize: number): AsyncGenerator<readonly OpenCase[]> {
  for (const kind of CONDUCTED_KINDS) {
    let after = BEFORE_ALL;
    for (;;) {
      const { rows } = await register.within(RESUMER, (transaction) =>
        transaction.raw<{ rows: { id: string }[] }>(OPEN[kind], [after, pageSize]),
      );
      const last = rows.at(-1);
      if (last === undefined) break;
      yield rows.map(({ id }) => ({ kind, id }));
      after = last.id;
    }
  }
}
