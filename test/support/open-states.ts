import { ANOMALY_STATES, type AnomalyState, isAnomalyFinal } from '../../domain/anomaly/lifecycle';
import { CHANGE_STATES, type ChangeState, isChangeFinal } from '../../domain/certificate-change/lifecycle';
import { DELIVERY_STATES, type DeliveryState, isDeliveryClosed } from '../../domain/delivery/lifecycle';
import {
  FORCE_MAJEURE_STATES,
  type ForceMajeureState,
  isForceMajeureFinal,
} from '../../domain/force-majeure/lifecycle';
import { ISSUANCE_STATES, type IssuanceState, isIssuanceFinal } from '../../domain/issuance/lifecycle';
import type { ConductedKind } from '../../ports/conductor';

/**
 * The states of each lifecycle in which a workflow conducts the case, by the tables themselves: where Temporal may lose it
 * and `npm run resume` has to bring it back. An event that is not recognised has work until its items have their clocks.
 */
export const OPEN_STATES = {
  issuance: ISSUANCE_STATES.filter((state: IssuanceState) => !isIssuanceFinal(state)),
  delivery: DELIVERY_STATES.filter((state: DeliveryState) => !isDeliveryClosed(state)),
  anomalyCase: ANOMALY_STATES.filter((state: AnomalyState) => !isAnomalyFinal(state)),
  certificateChange: CHANGE_STATES.filter((state: ChangeState) => !isChangeFinal(state)),
  forceMajeureEvent: FORCE_MAJEURE_STATES.filter(
    (state: ForceMajeureState) => !isForceMajeureFinal(state) || state === 'rejected',
  ),
} as const satisfies Record<ConductedKind, readonly string[]>;
