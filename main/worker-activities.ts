import type { AnomalyCaseActivities } from '../activities/anomaly-case';
import { createAnomalyCaseActivities } from '../activities/anomaly-case';
import type { CertificateChangeActivities } from '../activities/certificate-change';
import { createCertificateChangeActivities } from '../activities/certificate-change';
import { createCorrespondenceActivities } from '../activities/correspondence';
import type { DeliveryActivities } from '../activities/delivery';
import { createDeliveryActivities } from '../activities/delivery';
import type { ForceMajeureActivities } from '../activities/force-majeure';
import { createForceMajeureActivities } from '../activities/force-majeure';
import type { IssuanceActivities } from '../activities/issuance';
import { createIssuanceActivities } from '../activities/issuance';
import { createProductionActivities } from '../activities/production';
import { createSealingActivities } from '../activities/sealing';
import { PostgresAnomalyLedger } from '../adapters/postgres/anomaly/anomaly-ledger';
import { PostgresCertificateChangeLedger } from '../adapters/postgres/certificate-change/certificate-change-ledger';
import { PostgresDeliveryLedger } from '../adapters/postgres/delivery/delivery-ledger';
import { PostgresForceMajeureLedger } from '../adapters/postgres/force-majeure/force-majeure-ledger';
import { PostgresIssuanceLedger } from '../adapters/postgres/issuance/issuance-ledger';
import { PostgresProductionLedger } from '../adapters/postgres/issuance/production-ledger';
import { deterministicId } from '../adapters/postgres/register/deterministic-id';
import { PostgresSealingLedger } from '../adapters/postgres/sealing/sealing-ledger';
import { FACE_ATTACHMENT } from '../adapters/production/certificate-producer';
import type { CertificateProducer } from '../ports/certificate-producer';
import type { Foundation } from './foundation';
import type { OutsideSystems } from './outside-systems';

export type WorkerActivities = AnomalyCaseActivities &
  IssuanceActivities &
  DeliveryActivities &
  CertificateChangeActivities &
  ForceMajeureActivities;

/** All activities of the worker over their real ports. */
export function workerActivities(
  foundation: Foundation,
  outside: Pick<OutsideSystems, 'agencyRecords' | 'portal'>,
  producer: CertificateProducer,
): WorkerActivities {
  const { register, cipher, integrity, clock, files, sealer, trust, config } = foundation;
  const onRegister = { register, cipher, integrity, clock };
  const cases = new PostgresIssuanceLedger(onRegister);
  const production = new PostgresProductionLedger(onRegister);
  const sealing = new PostgresSealingLedger(onRegister);
  return {
    ...createIssuanceActivities({
      ledger: cases,
      sealing,
      agencyRecords: outside.agencyRecords,
      production: {
        ...createProductionActivities({
          cases,
          ledger: production,
          producer,
          files,
          intentId: (...parts) => deterministicId('intent', ...parts),
          publicUrl: config.http.publicUrl,
          clock,
        }),
        ...createSealingActivities({ cases, waiting: production, ledger: sealing, sealer, files }),
        ...createCorrespondenceActivities({
          cases,
          ledger: sealing,
          files,
          trust: { trust },
          clock,
          faceAttachment: FACE_ATTACHMENT,
        }),
      },
    }),
    ...createAnomalyCaseActivities(new PostgresAnomalyLedger(onRegister)),
    ...createCertificateChangeActivities(new PostgresCertificateChangeLedger(onRegister)),
    ...createForceMajeureActivities(new PostgresForceMajeureLedger(onRegister)),
    ...createDeliveryActivities({
      ledger: new PostgresDeliveryLedger(onRegister),
      portal: outside.portal,
      files,
    }),
  };
}
