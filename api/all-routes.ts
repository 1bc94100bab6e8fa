import type { Route } from './http/route';
import { accountRoutes } from './routes/account';
import { agencySystemRoutes } from './routes/agency-system';
import { anomalyCaseRoutes } from './routes/anomaly-case';
import { authorityRoutes } from './routes/authority';
import { catalogRoutes } from './routes/catalog';
import { certificateRoutes } from './routes/certificate';
import { certificateChangeRoutes } from './routes/certificate-change';
import { certificateDoubtRoutes } from './routes/certificate-doubt';
import { clockSettingsRoutes } from './routes/clock-settings';
import { collectionRoutes } from './routes/collection';
import { deadlineRoutes } from './routes/deadline';
import { deliveryRoutes } from './routes/delivery';
import { dependencyRoutes } from './routes/dependency';
import { forceMajeureRoutes } from './routes/force-majeure';
import { incrementRoutes } from './routes/increment';
import { issuanceRoutes } from './routes/issuance';
import { issuanceDraftRoutes } from './routes/issuance-draft';
import { officeRoutes } from './routes/office';
import { officialPaperRoutes } from './routes/official-paper';
import { ownAccountRoutes } from './routes/own-account';
import { responsiblePersonRoutes } from './routes/responsible-person';
import { sealRoutes } from './routes/seal';
import { sessionRoutes } from './routes/session';
import { taskRoutes } from './routes/task';
import { taskTeamworkRoutes } from './routes/task-teamwork';
import { upReportRoutes } from './routes/up-report';
import { verificationRoutes } from './routes/verification';

/** Every route below /api/v1, the busiest first; the router, the OpenAPI document and the style test read this list. */
export const ALL_ROUTES: readonly Route[] = [
  ...issuanceRoutes,
  ...verificationRoutes,
  ...issuanceDraftRoutes,
  ...certificateRoutes,
  ...anomalyCaseRoutes,
  ...certificateChangeRoutes,
  ...dependencyRoutes,
  ...taskRoutes,
  ...taskTeamworkRoutes,
  ...deadlineRoutes,
  ...catalogRoutes,
  ...sealRoutes,
  ...deliveryRoutes,
  ...forceMajeureRoutes,
  ...certificateDoubtRoutes,
  ...incrementRoutes,
  ...collectionRoutes,
  ...upReportRoutes,
  ...officeRoutes,
  ...officialPaperRoutes,
  ...sessionRoutes,
  ...ownAccountRoutes,
  ...clockSettingsRoutes,
  ...responsiblePersonRoutes,
  ...authorityRoutes,
  ...accountRoutes,
  ...agencySystemRoutes,
];
