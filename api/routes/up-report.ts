import type { z } from 'zod';
import { UP_REPORT_STATE_NAMES } from '../../domain/up-report/lifecycle';
import type { UpReportReconciliationView, UpReportView } from '../../ports/up-report-desk';
import { instantText, instantTextOrNull } from '../contract/shapes';
import {
  getUpReport,
  listUpReportReconciliations,
  listUpReports,
  retryUpReport,
  type upReportReconciliationSchema,
  type upReportSchema,
} from '../contract/up-report';
import { ok, refuse } from '../http/answer';
import { listAnswer, pageAnswer, pageRequest } from '../http/page-answer';
import type { Route } from '../http/route';
import { route } from '../http/route';

/** 归集上报 (reading 6): what was reported, what came back, and the daily comparison with the region. */
export const upReportRoutes: readonly Route[] = [
  route(listUpReports, async ({ query }, { ports, principal, path }) =>
    pageAnswer(
      await ports.upReports.list(principal, query.state ?? null, pageRequest(query)),
      showUpReport,
      path,
      query,
    ),
  ),

  route(getUpReport, async ({ params }, { ports, principal }) => {
    const report = await ports.upReports.find(principal, params.id);
    return report === null ? refuse('notFound') : ok(showUpReport(report));
  }),

  route(retryUpReport, async ({ params, body }, { ports, principal }) => {
    const retried = await ports.upReports.retry(principal, params.id, body.mended);
    return retried.ok ? ok(showUpReport(retried.value)) : retried;
  }),

  route(listUpReportReconciliations, async (_, { ports, principal }) =>
    listAnswer(await ports.upReports.reconciliations(principal), showReconciliation),
  ),
];

function showUpReport({ availableOperations, ...view }: UpReportView): z.input<typeof upReportSchema> {
  return {
    ...view,
    stateName: UP_REPORT_STATE_NAMES[view.state],
    createdAt: instantText(view.createdAt),
    updatedAt: instantText(view.updatedAt),
    reportedAt: instantTextOrNull(view.reportedAt),
    availableActions: [...availableOperations],
  };
}

function showReconciliation(view: UpReportReconciliationView): z.input<typeof upReportReconciliationSchema> {
  return {
    ...view,
    id: view.date,
    comparedAt: instantText(view.comparedAt),
    differences: view.differences.map((difference) => ({ ...difference })),
    availableActions: [],
  };
}
