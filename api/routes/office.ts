import { createHash } from 'node:crypto';
import type { NoticeView } from '../../ports/notice-board';
import { addAttachment, listNotices, readNotice } from '../contract/office';
import { instantText, instantTextOrNull } from '../contract/shapes';
import { created, empty, refuse } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { pageAnswer, pageRequest } from '../http/page-answer';
import type { UploadedFile } from '../http/read-file-part';
import type { Route } from '../http/route';
import { route } from '../http/route';

/** Attachments and notices. */
export const officeRoutes: readonly Route[] = [
  route(addAttachment, async (_, { ports, principal, file, method, path, idempotencyKey }) => {
    const added = await ports.attachments.add(principal, file, {
      method,
      path,
      key: idempotencyKey,
      bodyDigest: digestOf(file),
    });
    if (!added.ok) return added;
    const { id } = added.value;
    return created({ id, state: 'stored', availableActions: [] }, `${API_ROOT}/attachments/${id}`);
  }),

  route(listNotices, async ({ query }, { ports, principal, path }) =>
    pageAnswer(
      await ports.notices.list(principal, query.unread === 'true', pageRequest(query)),
      showNotice,
      path,
      query,
    ),
  ),

  route(readNotice, async ({ params }, { ports, principal }) =>
    (await ports.notices.markRead(principal, params.id)) ? empty() : refuse('notFound'),
  ),
];

/** Of the file itself: a client that tries again draws a new multipart boundary, and the raw body differs. */
function digestOf({ bytes, fileName, mediaType }: UploadedFile): Buffer {
  const head = Buffer.from(JSON.stringify([fileName, mediaType]), 'utf8');
  return createHash('sm3').update(head).update(bytes).digest();
}

function showNotice({ createdAt, readAt, ...view }: NoticeView) {
  return {
    ...view,
    state: readAt === null ? 'unread' : 'read',
    createdAt: instantText(createdAt),
    readAt: instantTextOrNull(readAt),
    availableActions: readAt === null ? ['markRead'] : [],
  };
}
