import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { PostgresAnomalyDesk } from '../../../adapters/postgres/anomaly/anomaly-desk';
import { CaseAnnouncements } from '../../../adapters/postgres/case/case-announcements';
import { PromptStarts } from '../../../adapters/postgres/case/prompt-starts';
import { PostgresCertificateChangeDesk } from '../../../adapters/postgres/certificate-change/certificate-change-desk';
import { PostgresIssuanceDesk } from '../../../adapters/postgres/issuance/issuance-desk';
import type { AgencyRecords } from '../../../ports/agency-records';
import type { CertificateProducer } from '../../../ports/certificate-producer';
import type { Clock } from '../../../ports/clock';
import type { Conductor } from '../../../ports/conductor';
import type { RunningSimulator } from '../../../simulators/protocol/simulator-server';
import { apiPorts } from '../../api-ports';
import type { Foundation } from '../../foundation';
import type { HeldRegister } from './held-register';

/** The product's foundation with the story's clock, register and portal in the place of today's. */
export function pastFoundation(
  foundation: Foundation,
  clock: Clock,
  register: HeldRegister,
  portal: RunningSimulator,
): Foundation {
  const { config } = foundation;
  return {
    ...foundation,
    clock,
    register,
    config: { ...config, outside: { ...config.outside, portalUrl: portal.baseUrl } },
  };
}

/** The ports of the API over the past, where nothing is started in Temporal: that is held back by the register. */
export function pastPorts(
  foundation: Foundation,
  producer: CertificateProducer,
  agencyRecords: AgencyRecords,
): ReturnType<typeof apiPorts> {
  const { config, register, cipher, integrity, clock, files } = foundation;
  const connection = Connection.lazy({ address: config.temporal.address });
  const { ports, close } = apiPorts({
    foundation,
    producer,
    connection,
    client: new Client({ connection, namespace: config.temporal.namespace }),
    log: pino({ level: 'silent' }),
    metrics: new Registry(),
    draining: new AbortController().signal,
    version: { version: 'demonstration', commit: null },
    undoMs: 0,
  });
  const announcements = new CaseAnnouncements(config.database.appUrl);
  const starts = new PromptStarts({ register, conductor: NOBODY, clock, reportFault: () => undefined });
  const desk = { register, cipher, integrity, clock };
  return {
    ports: {
      ...ports,
      issuances: new PostgresIssuanceDesk({
        ...desk,
        starts,
        announcements,
        publicUrl: config.http.publicUrl,
      }),
      certificateChanges: new PostgresCertificateChangeDesk({ ...desk, starts, announcements }),
      anomalies: new PostgresAnomalyDesk({ ...desk, fileStore: files, agencyRecords }),
    },
    async close() {
      await close();
      await announcements.close();
      await connection.close();
    },
  };
}

const held = (): Promise<never> => Promise.reject(new Error('held back while the past is laid out'));
const NOBODY: Conductor = { start: held, startAgain: held, tell: async () => 'notRunning' };
