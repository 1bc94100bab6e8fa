import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Credentials, LeaveDesk, PeopleDesk, RoleDesk } from '../ports/accounts';
import type { AnomalyDesk } from '../ports/anomaly-desk';
import type { CatalogDesk } from '../ports/catalog-desk';
import type { CertificateChangeDesk } from '../ports/certificate-change-desk';
import type { CertificateDoubts } from '../ports/certificate-doubts';
import type { CertificateRegister } from '../ports/certificate-register';
import type { Clock } from '../ports/clock';
import type { ClockSettings } from '../ports/clock-settings';
import type { CollectionDesk } from '../ports/collection-desk';
import type { DeadlineDesk } from '../ports/deadline-desk';
import type { DeliveryDesk } from '../ports/delivery-desk';
import type { DependencyDesk } from '../ports/dependency-desk';
import type { FileVerifier } from '../ports/file-verifier';
import type { ForceMajeureDesk } from '../ports/force-majeure-desk';
import type { Replays } from '../ports/idempotency';
import type { AgencyKeys, Sessions } from '../ports/identity';
import type { IncrementDesk } from '../ports/increment-desk';
import type { IssuanceDesk, IssuanceDraftDesk } from '../ports/issuance-desk';
import type { NoticeBoard } from '../ports/notice-board';
import type { AttachmentDesk, OfficeDesk, SealDesk } from '../ports/office-desk';
import type { OfficialPaperDesk } from '../ports/official-paper-desk';
import type { AgencyKeyDesk, AgencySystemDesk, AuthorityDesk } from '../ports/organisation';
import type { Readiness } from '../ports/readiness';
import type { ReportWriter } from '../ports/report-writer';
import type { ResponsiblePersons } from '../ports/responsible-persons';
import type { TaskDesk } from '../ports/task-desk';
import type { TaskTeamwork } from '../ports/task-teamwork';
import type { UpReportDesk } from '../ports/up-report-desk';
import type { VerificationDesk } from '../ports/verification-desk';

/** Limits of traffic; each per minute. Counted in the process, so two API processes allow twice as much. */
export interface TrafficLimits {
  readonly requestsPerAddress: number;
  readonly verificationsPerAddress: number;
  readonly verificationsPerCode: number;
  readonly signInsPerAddress: number;
  /** Files of the public that are held in memory at the same moment. */
  readonly concurrentFileVerifications: number;
}

export interface ApiSettings {
  /** Without a slash at the end; when it is https the session cookie is marked Secure. */
  readonly publicUrl: string;
  /** For Express: number of hops, or addresses of proxies; never `true`. */
  readonly trustProxy: number | readonly string[];
  readonly demonstration: boolean;
  readonly version: { readonly version: string; readonly commit: string | null };
  readonly limits: TrafficLimits;
}

/** Everything that the API is given; it constructs nothing of this and reads no environment. */
export interface ApiPorts {
  readonly settings: ApiSettings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly readiness: Readiness;
  /** Aborted when the process is asked to stop: waits end early and readiness says no. */
  readonly draining: AbortSignal;
  readonly sessions: Sessions;
  readonly agencyKeys: AgencyKeys;
  readonly authorities: AuthorityDesk;
  readonly people: PeopleDesk;
  readonly roles: RoleDesk;
  readonly leaves: LeaveDesk;
  readonly credentials: Credentials;
  readonly agencySystems: AgencySystemDesk;
  readonly keyDesk: AgencyKeyDesk;
  readonly issuances: IssuanceDesk;
  readonly drafts: IssuanceDraftDesk;
  readonly replays: Replays;
  readonly anomalies: AnomalyDesk;
  readonly certificates: CertificateRegister;
  readonly forceMajeure: ForceMajeureDesk;
  readonly doubts: CertificateDoubts;
  readonly certificateChanges: CertificateChangeDesk;
  readonly dependencies: DependencyDesk;
  readonly deliveries: DeliveryDesk;
  readonly papers: OfficialPaperDesk;
  readonly tasks: TaskDesk;
  readonly teamwork: TaskTeamwork;
  readonly deadlines: DeadlineDesk;
  readonly clockSettings: ClockSettings;
  readonly responsiblePersons: ResponsiblePersons;
  readonly catalog: CatalogDesk;
  readonly increments: IncrementDesk;
  readonly collections: CollectionDesk;
  readonly upReports: UpReportDesk;
  readonly office: OfficeDesk;
  readonly seals: SealDesk;
  readonly attachments: AttachmentDesk;
  readonly notices: NoticeBoard;
  readonly verifications: VerificationDesk;
  readonly fileVerifier: FileVerifier;
  readonly reports: ReportWriter;
}
