import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { INCREMENT_DAY_STATE_NAMES } from '../../domain/ingestion/lifecycle';
import type { Principal } from '../../domain/shared/principal';
import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import type {
  IncrementContent,
  IncrementDayView,
  IncrementModeView,
  IncrementRowView,
  IncrementUploadView,
} from '../../ports/increment-desk';
import {
  deliverIncrement,
  downloadIncrementErrors,
  getIncrementDay,
  getIncrementMonth,
  getIncrementUpload,
  type incrementDaySchema,
  type incrementModeSchema,
  type incrementRowSchema,
  type incrementUploadSchema,
  listIncrementModes,
  listIncrementRows,
  retryIncrement,
  setIncrementMode,
} from '../contract/increment';
import { instantText, instantTextOrNull } from '../contract/shapes';
import type { Outcome } from '../http/answer';
import { bytes, created, ok, refuse } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { listAnswer, pageAnswer, pageRequest } from '../http/page-answer';
import type { Call, Input, Route } from '../http/route';
import { route } from '../http/route';

/** Daily increments (art. 8): uploads with their receipts and rows, the calendar of a month, who owes them. */
export const incrementRoutes: readonly Route[] = [
  route(deliverIncrement, async ({ body }, call) => {
    const { file, rawBody, nowMs } = call;
    const bodyDigest = createHash('sm3')
      .update(body.sent === 'form' ? JSON.stringify([file.fileName, body.content]) : '')
      .update(body.sent === 'form' ? file.bytes : rawBody)
      .digest();
    const delivered = await call.ports.increments.deliver(
      call.principal,
      {
        catalogCode: body.content.catalogCode,
        content: contentOf(body, call),
        retryOf: ('retryOf' in body.content ? body.content.retryOf : null) ?? null,
        receivedAt: new Date(nowMs),
      },
      { method: call.method, path: call.path, key: call.idempotencyKey, bodyDigest },
    );
    return receiptOf(delivered, call);
  }),

  route(getIncrementMonth, async ({ query }, { ports, principal }) => {
    const { month, authority, catalogCode } = query;
    const filter = { month, authorityId: authority ?? null, catalogCode: catalogCode ?? null };
    const { days, uploads } = await ports.increments.month(principal, filter);
    return ok({ month, days: days.map(showDay), uploads: uploads.map(showUpload) });
  }),

  route(listIncrementModes, async (_, { ports, principal }) =>
    listAnswer(await ports.increments.modes(principal), showMode),
  ),

  route(setIncrementMode, async ({ params, body }, { ports, principal }) => {
    const set = await ports.increments.setMode(principal, params.id, body);
    return set.ok ? ok(showMode(set.value)) : set;
  }),

  route(getIncrementDay, async ({ params }, { ports, principal }) => {
    const day = await ports.increments.day(principal, params.id);
    return day === null ? refuse('notFound') : ok(showDay(day));
  }),

  route(getIncrementUpload, async ({ params }, { ports, principal }) => {
    const upload = await ports.increments.upload(principal, params.id);
    return upload === null ? refuse('notFound') : ok(showUpload(upload));
  }),

  route(listIncrementRows, async ({ params, query }, { ports, principal, path }) => {
    const page = await ports.increments.rows(principal, params.id, query.state ?? null, pageRequest(query));
    return page === null ? refuse('notFound') : pageAnswer(page, showRow, path, query);
  }),

  route(downloadIncrementErrors, async ({ params }, { ports, principal, usePurpose, traceId }) => {
    const read = { purpose: usePurpose ?? '', traceId };
    const file = await ports.increments.errorFile(principal, params.id, read);
    if (!file.ok) return file;
    return bytes(file.value, 'text/csv; charset=utf-8', {
      'content-disposition': `attachment; filename="increment-errors-${params.id}.csv"`,
    });
  }),

  route(retryIncrement, async ({ params }, call) => {
    const idempotency = {
      method: call.method,
      path: call.path,
      key: call.idempotencyKey,
      bodyDigest: createHash('sm3').update(params.id).digest(),
    };
    const retried = await call.ports.increments.retry(
      call.principal,
      params.id,
      new Date(call.nowMs),
      idempotency,
    );
    return receiptOf(retried, call);
  }),
];

function contentOf(
  { sent, content }: Input<typeof deliverIncrement>['body'],
  { file }: Call<Principal>,
): IncrementContent {
  if (sent === 'form') return { kind: 'file', bytes: file.bytes, fileName: file.fileName };
  return 'rows' in content
    ? { kind: 'rows', rows: content.rows }
    : { kind: 'zeroReport', date: content.zeroReport.date };
}

async function receiptOf(
  delivered: Result<{ readonly uploadId: string; readonly replayed: boolean }, Refusal>,
  { ports, principal }: Call<Principal>,
): Promise<Outcome> {
  if (!delivered.ok) return delivered;
  const { uploadId, replayed } = delivered.value;
  const upload = await ports.increments.upload(principal, uploadId);
  if (upload === null) return refuse('notFound');
  const location = `${API_ROOT}/increments/${uploadId}`;
  return replayed ? ok(showUpload(upload), { location }) : created(showUpload(upload), location);
}

function showUpload(view: IncrementUploadView): z.input<typeof incrementUploadSchema> {
  const { availableOperations, receivedAt, ...rest } = view;
  return {
    ...rest,
    state: stateOf(view),
    receivedAt: instantText(receivedAt),
    availableActions: [...availableOperations],
  };
}

function stateOf({ format, acceptedCount, rejectedCount }: IncrementUploadView) {
  if (format === 'zeroReport') return 'zeroReported';
  if (rejectedCount === 0) return 'accepted';
  return acceptedCount === 0 ? 'rejected' : 'partlyRejected';
}

function showRow({ problems, record, ...rest }: IncrementRowView): z.input<typeof incrementRowSchema> {
  return {
    ...rest,
    problems: problems.map(({ column, code, expected }) => ({ column, code, expected })),
    record: record === null ? null : { ...record, maskedHolders: [...record.maskedHolders] },
  };
}

function showDay({ availableOperations, ...view }: IncrementDayView): z.input<typeof incrementDaySchema> {
  return {
    ...view,
    stateName: INCREMENT_DAY_STATE_NAMES[view.state],
    zeroReportedAt: instantTextOrNull(view.zeroReportedAt),
    caughtUpAt: instantTextOrNull(view.caughtUpAt),
    availableActions: [...availableOperations],
  };
}

function showMode(view: IncrementModeView): z.input<typeof incrementModeSchema> {
  const { availableOperations, mode, exemption, ...rest } = view;
  return {
    ...rest,
    state: mode,
    exemption: exemption === null ? null : { ...exemption },
    availableActions: [...availableOperations],
  };
}
