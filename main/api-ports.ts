import type { Client, Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createIncrementFileReader } from '../adapters/increment-file/increment-file-reader';
import { writeCsv } from '../adapters/increment-file/write-csv';
import { PostgresAnomalyDesk } from '../adapters/postgres/anomaly/anomaly-desk';
import { CaseAnnouncements } from '../adapters/postgres/case/case-announcements';
import { PromptStarts } from '../adapters/postgres/case/prompt-starts';
import { PostgresCatalogDesk } from '../adapters/postgres/catalog/catalog-desk';
import { PostgresCertificateRegister } from '../adapters/postgres/certificate/certificate-register';
import { PostgresDependencyDesk } from '../adapters/postgres/certificate/dependency-desk';
import { PostgresCertificateChangeDesk } from '../adapters/postgres/certificate-change/certificate-change-desk';
import { PostgresDeliveryDesk } from '../adapters/postgres/delivery/delivery-desk';
import { PostgresOfficeDesk } from '../adapters/postgres/delivery/office-desk';
import { PostgresCertificateDoubts } from '../adapters/postgres/force-majeure/certificate-doubt-desk';
import { PostgresForceMajeureDesk } from '../adapters/postgres/force-majeure/force-majeure-desk';
import { PostgresCollectionDesk } from '../adapters/postgres/ingestion/collection-desk';
import { PostgresIncrementDesk } from '../adapters/postgres/ingestion/increment-desk';
import { PostgresAttachmentDesk } from '../adapters/postgres/issuance/attachment-desk';
import { PostgresIssuanceDesk } from '../adapters/postgres/issuance/issuance-desk';
import { PostgresIssuanceDraftDesk } from '../adapters/postgres/issuance/issuance-draft-desk';
import { PostgresNoticeBoard } from '../adapters/postgres/notice/notice-board';
import { PostgresOfficialPaperDesk } from '../adapters/postgres/official-paper/official-paper-desk';
import { PostgresAgencyKeyDesk } from '../adapters/postgres/organisation/agency-key-desk';
import { PostgresAgencyKeys } from '../adapters/postgres/organisation/agency-keys';
import { PostgresAgencySystemDesk } from '../adapters/postgres/organisation/agency-system-desk';
import { PostgresAuthorityDesk } from '../adapters/postgres/organisation/authority-desk';
import { PostgresCredentials } from '../adapters/postgres/organisation/credentials';
import { PostgresLeaveDesk } from '../adapters/postgres/organisation/leave-desk';
import { PostgresPeopleDesk } from '../adapters/postgres/organisation/people-desk';
import { PostgresResponsiblePersons } from '../adapters/postgres/organisation/responsible-person-desk';
import { PostgresRoleDesk } from '../adapters/postgres/organisation/role-desk';
import { PostgresSessions } from '../adapters/postgres/organisation/sessions';
import { createReplays } from '../adapters/postgres/register/replays';
import { PostgresSealDesk } from '../adapters/postgres/sealing/seal-desk';
import { PostgresClockSettings } from '../adapters/postgres/sla/clock-settings-desk';
import { PostgresDeadlineDesk } from '../adapters/postgres/sla/deadline-desk';
import { PostgresTaskDesk } from '../adapters/postgres/task/task-desk';
import { PostgresTaskTeamwork } from '../adapters/postgres/task/task-teamwork';
import { PostgresUpReportDesk } from '../adapters/postgres/up-report/up-report-desk';
import { PostgresVerificationDesk } from '../adapters/postgres/verification/verification-desk';
import { TASK_QUEUE, TemporalConductor } from '../adapters/temporal/temporal-conductor';
import { createDocumentsFileVerifier } from '../adapters/verification/documents-file-verifier';
import { createSealedReportWriter } from '../adapters/verification/sealed-report-writer';
import type { ApiPorts, ApiSettings } from '../api/api-ports';
import { defaultFontPaths, loadFontChain } from '../documents/fonts/font-chain';
import type { CatalogDefinition } from '../domain/catalog/catalog-entry';
import type { Face } from '../domain/catalog/face-schema';
import type { CertificateProducer } from '../ports/certificate-producer';
import type { Foundation } from './foundation';
import { openAgencyRecords, openPortalReceipts } from './outside-systems';
import { productReadiness } from './product-readiness';

export interface ApiParts {
  readonly foundation: Foundation;
  readonly producer: CertificateProducer;
  readonly connection: Connection;
  readonly client: Client;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly draining: AbortSignal;
  readonly version: ApiSettings['version'];
  /** Where the workers listen; the default is the product's own queue. */
  readonly taskQueue?: string;
  /** How long a person's decision can be taken back (rule 5). */
  readonly undoMs?: number;
}

const VERIFICATION_FLUSH_MS = 1_000;
const UNDO_MS = 10_000;

/** The API's ports over the real register. `close` writes what was counted and ends what listens. */
export function apiPorts(parts: ApiParts): { readonly ports: ApiPorts; close(): Promise<void> } {
  const { foundation, producer, connection, log, metrics, taskQueue = TASK_QUEUE } = parts;
  const { config, register, cipher, integrity, clock, files, trust, reportFault } = foundation;
  const announcements = new CaseAnnouncements(config.database.appUrl);
  const verifications = new PostgresVerificationDesk({
    register,
    cipher,
    clock,
    trust,
    flushMs: VERIFICATION_FLUSH_MS,
    reportFault,
  });
  const conductor = new TemporalConductor({ client: parts.client, taskQueue });
  const starts = new PromptStarts({ register, conductor, clock, reportFault });
  const ports: ApiPorts = {
    settings: {
      publicUrl: config.http.publicUrl,
      trustProxy: config.http.trustProxy,
      demonstration: config.demonstration,
      version: parts.version,
      limits: config.http.limits,
    },
    clock,
    log,
    metrics,
    draining: parts.draining,
    readiness: productReadiness(foundation, connection, taskQueue),
    sessions: new PostgresSessions({
      register,
      cipher,
      integrity,
      clock,
      secondFactor: config.demonstration ? 'offInDemonstration' : 'required',
    }),
    agencyKeys: new PostgresAgencyKeys({ register, cipher, clock }),
    ...accountPorts(foundation),
    issuances: new PostgresIssuanceDesk({
      register,
      cipher,
      integrity,
      clock,
      starts,
      announcements,
      publicUrl: config.http.publicUrl,
    }),
    drafts: new PostgresIssuanceDraftDesk({ register, cipher, clock }),
    replays: createReplays(register),
    dependencies: new PostgresDependencyDesk({ register, cipher, integrity, clock }),
    certificateChanges: new PostgresCertificateChangeDesk({
      register,
      cipher,
      integrity,
      clock,
      starts,
      announcements,
    }),
    anomalies: new PostgresAnomalyDesk({
      register,
      cipher,
      integrity,
      clock,
      fileStore: files,
      agencyRecords: openAgencyRecords(foundation),
    }),
    certificates: new PostgresCertificateRegister({
      register,
      cipher,
      fileStore: files,
      clock,
      drawCertificate: async ({ definition, face, verificationCode }) =>
        drawPage(producer, definition, face, {
          verificationUrl: `${config.http.publicUrl}/api/v1/public/verify/${verificationCode}`,
          draft: false,
        }),
    }),
    tasks: new PostgresTaskDesk({
      register,
      cipher,
      integrity,
      clock,
      undoMs: parts.undoMs ?? UNDO_MS,
      drawDraft: async (definition, face) =>
        drawPage(producer, definition, face, { verificationUrl: null, draft: true }),
    }),
    teamwork: new PostgresTaskTeamwork({ register, cipher, integrity, clock }),
    papers: new PostgresOfficialPaperDesk({ register, cipher, clock }),
    deliveries: new PostgresDeliveryDesk({
      register,
      cipher,
      integrity,
      clock,
      receipts: openPortalReceipts(config),
    }),
    deadlines: new PostgresDeadlineDesk({ register, integrity, clock }),
    clockSettings: new PostgresClockSettings({ register, integrity, clock }),
    responsiblePersons: new PostgresResponsiblePersons({ register, integrity, clock }),
    forceMajeure: new PostgresForceMajeureDesk({ register, cipher, integrity, clock }),
    doubts: new PostgresCertificateDoubts({ register, cipher, integrity, clock }),
    catalog: new PostgresCatalogDesk({ register, integrity, clock }),
    increments: new PostgresIncrementDesk({
      register,
      cipher,
      integrity,
      clock,
      reader: createIncrementFileReader(),
      writeCsv,
    }),
    collections: new PostgresCollectionDesk({ register, integrity, clock }),
    upReports: new PostgresUpReportDesk({ register, integrity, clock }),
    office: new PostgresOfficeDesk({ register, clock }),
    seals: new PostgresSealDesk({ register, integrity, clock }),
    attachments: new PostgresAttachmentDesk({ register, cipher, fileStore: files, clock }),
    notices: new PostgresNoticeBoard({ register, clock }),
    verifications,
    fileVerifier: createDocumentsFileVerifier(),
    reports: createSealedReportWriter({
      fonts: () => loadFontChain(defaultFontPaths(config.fallbackFonts)),
      sealer: foundation.sealer,
    }),
  };
  return {
    ports,
    async close() {
      await Promise.all([verifications.close(), announcements.close(), starts.flush()]);
    },
  };
}

/** The org register and the accounts. */
function accountPorts(
  options: Pick<Foundation, 'register' | 'cipher' | 'integrity' | 'clock'>,
): Pick<
  ApiPorts,
  'authorities' | 'people' | 'roles' | 'leaves' | 'credentials' | 'agencySystems' | 'keyDesk'
> {
  return {
    authorities: new PostgresAuthorityDesk(options),
    people: new PostgresPeopleDesk(options),
    roles: new PostgresRoleDesk(options),
    leaves: new PostgresLeaveDesk(options),
    credentials: new PostgresCredentials(options),
    agencySystems: new PostgresAgencySystemDesk(options),
    keyDesk: new PostgresAgencyKeyDesk(options),
  };
}

function drawPage(
  producer: CertificateProducer,
  definition: CatalogDefinition,
  face: Face,
  page: { readonly verificationUrl: string | null; readonly draft: boolean },
): Uint8Array {
  const drawn = producer.drawPage(definition, face, { ...page, pageIndex: 0 });
  if (drawn instanceof Uint8Array) return drawn;
  throw new Error(`the page cannot be drawn: ${drawn.code}`);
}
