import { Registry } from 'prom-client';
import type { ApiPorts, ApiSettings } from '../../../api/api-ports';
import { createLogger } from '../../../api/create-logger';
import type { SignedInSession } from '../../../ports/identity';
import type { LayoutProgress, ReadinessPart } from '../../../ports/readiness';
import { RECEIVED_AT_MS } from '../issuance-bodies';
import { FakeAccounts } from './fake-accounts';
import { FakeAnomalyDesk } from './fake-anomaly-desk';
import { FakeCatalogDesk } from './fake-catalog-desk';
import { FakeCertificateChangeDesk } from './fake-certificate-change-desk';
import { FakeCertificateRegister } from './fake-certificate-register';
import { FakeClockSettings } from './fake-clock-settings';
import { FakeCollectionDesk } from './fake-collection-desk';
import { FakeDeadlineDesk } from './fake-deadline-desk';
import { FakeDeliveryDesk } from './fake-delivery-desk';
import { FakeDependencyDesk } from './fake-dependency-desk';
import { FakeDraftDesk } from './fake-draft-desk';
import { FakeFileVerifier } from './fake-file-verifier';
import { FakeCertificateDoubts, FakeForceMajeureDesk } from './fake-force-majeure-desk';
import { FakeAgencyKeys, FakeSessions } from './fake-identity';
import { FakeIncrementDesk } from './fake-increment-desk';
import { FakeIssuanceDesk } from './fake-issuance-desk';
import { FakeOffice } from './fake-office';
import { FakeOfficialPaperDesk } from './fake-official-paper-desk';
import { FakeAgencySystems, FakeAuthorities } from './fake-organisation';
import { FakeResponsiblePersons } from './fake-responsible-persons';
import { FakeTaskDesk } from './fake-task-desk';
import { FakeTaskTeamwork } from './fake-task-teamwork';
import { FakeUpReportDesk } from './fake-up-report-desk';
import { FakeVerificationDesk } from './fake-verification-desk';

export interface FakeWorld {
  readonly ports: ApiPorts;
  readonly agencyKeys: FakeAgencyKeys;
  readonly sessions: FakeSessions;
  readonly accounts: FakeAccounts;
  readonly issuances: FakeIssuanceDesk;
  readonly drafts: FakeDraftDesk;
  readonly certificates: FakeCertificateRegister;
  readonly certificateChanges: FakeCertificateChangeDesk;
  readonly dependencies: FakeDependencyDesk;
  readonly tasks: FakeTaskDesk;
  readonly office: FakeOffice;
  readonly increments: FakeIncrementDesk;
  readonly verifications: FakeVerificationDesk;
  readonly fileVerifier: FakeFileVerifier;
  readonly draining: AbortController;
  readonly readiness: { parts: readonly ReadinessPart[]; demonstration: LayoutProgress | null };
  /** Every line that was logged. */
  readonly logLines: string[];
}

const SETTINGS: ApiSettings = {
  publicUrl: 'http://127.0.0.1:8080',
  trustProxy: 0,
  demonstration: true,
  version: { version: '0.1.0', commit: null },
  limits: {
    requestsPerAddress: 100_000,
    verificationsPerAddress: 100_000,
    verificationsPerCode: 100_000,
    signInsPerAddress: 100_000,
    concurrentFileVerifications: 4,
  },
};

/** Ports in memory with a clock that stands at the moment at which the builders' requests arrive. */
export function fakeWorld(
  override: {
    readonly settings?: Partial<ApiSettings>;
    readonly people?: Readonly<Record<string, SignedInSession['principal']>>;
  } = {},
): FakeWorld {
  const logLines: string[] = [];
  const log = createLogger('info', 'test', { write: (line: string) => void logLines.push(line) });
  const parts = {
    agencyKeys: new FakeAgencyKeys(),
    sessions: new FakeSessions(override.people),
    accounts: new FakeAccounts(),
    issuances: new FakeIssuanceDesk(),
    drafts: new FakeDraftDesk(),
    certificates: new FakeCertificateRegister(),
    certificateChanges: new FakeCertificateChangeDesk(),
    dependencies: new FakeDependencyDesk(),
    tasks: new FakeTaskDesk(),
    teamwork: new FakeTaskTeamwork(),
    deliveries: new FakeDeliveryDesk(),
    papers: new FakeOfficialPaperDesk(),
    reports: { write: async () => Buffer.from('%PDF-1.7') },
    office: new FakeOffice(),
    increments: new FakeIncrementDesk(),
    collections: new FakeCollectionDesk(),
    upReports: new FakeUpReportDesk(),
    verifications: new FakeVerificationDesk(),
    fileVerifier: new FakeFileVerifier(),
    draining: new AbortController(),
    readiness: {
      parts: [{ name: 'database', ready: true, detail: null }] as readonly ReadinessPart[],
      demonstration: null as LayoutProgress | null,
    },
  };
  const systems = new FakeAgencySystems();
  const ports: ApiPorts = {
    ...parts,
    settings: { ...SETTINGS, ...override.settings },
    clock: { now: () => new Date(RECEIVED_AT_MS) },
    log,
    metrics: new Registry(),
    readiness: {
      parts: async () => parts.readiness.parts,
      demonstration: async () => parts.readiness.demonstration,
    },
    draining: parts.draining.signal,
    replays: parts.issuances,
    deadlines: new FakeDeadlineDesk(),
    clockSettings: new FakeClockSettings(),
    responsiblePersons: new FakeResponsiblePersons(),
    anomalies: new FakeAnomalyDesk(),
    catalog: new FakeCatalogDesk(),
    forceMajeure: new FakeForceMajeureDesk(),
    doubts: new FakeCertificateDoubts(),
    authorities: new FakeAuthorities(),
    people: parts.accounts,
    roles: parts.accounts.roles,
    leaves: parts.accounts.leaves,
    credentials: parts.accounts,
    agencySystems: systems,
    keyDesk: systems.keys,
    seals: parts.office,
    attachments: parts.office,
    notices: parts.office,
  };
  return { ...parts, ports, logLines };
}
