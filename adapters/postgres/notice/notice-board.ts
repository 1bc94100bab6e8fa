import { shanghaiInstant } from '../../../domain/shared/legal-date';
import { type Principal, principalName } from '../../../domain/shared/principal';
import type { Clock } from '../../../ports/clock';
import type { NoticeBoard, NoticeView } from '../../../ports/notice-board';
import type { Page, PageRequest } from '../../../ports/page';
import { pageOf, readCursor } from '../register/list-page';
import type { Register } from '../register/register';

interface NoticeRow {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly link: string | null;
  readonly created_at: Date;
  readonly read_at: Date | null;
}

/** 站内信 as its readers see it; whose notices these are the row policies decide. */
export class PostgresNoticeBoard implements NoticeBoard {
  readonly #register: Register;
  readonly #clock: Clock;

  constructor(options: { readonly register: Register; readonly clock: Clock }) {
    this.#register = options.register;
    this.#clock = options.clock;
  }

  async list(principal: Principal, unreadOnly: boolean, page: PageRequest): Promise<Page<NoticeView>> {
    const after = readCursor(page.cursor);
    const rows = await this.#register.within(principal, (transaction) => {
      const query = transaction<NoticeRow>('notice')
        .select('id', 'title', 'body', 'link', 'created_at', 'read_at')
        .orderBy([
          { column: 'created_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(page.limit + 1);
      if (unreadOnly) query.whereNull('read_at');
      if (after !== null) query.whereRaw('(created_at, id) < (?, ?::uuid)', [after.at, after.id]);
      return query;
    });
    return pageOf(rows, page.limit, (row) => ({ at: row.created_at, id: row.id }), view);
  }

  /** Out: false when there is no such notice for the principal. A notice to a role is read for all when one has read it. */
  async markRead(principal: Principal, noticeId: string): Promise<boolean> {
    const now = this.#clock.now();
    const reader = principal.kind === 'agency' || principal.kind === 'system' ? null : principal.personId;
    return this.#register.within(principal, async (transaction) => {
      const found = await transaction<NoticeRow>('notice').where({ id: noticeId }).first();
      if (found === undefined) return false;
      if (found.read_at !== null) return true;
      if (reader === null) throw new Error(`${principalName(principal)} reads no notices`);
      await transaction('notice').where({ id: noticeId }).update({ read_at: now, read_by: reader });
      return true;
    });
  }
}

function view(row: NoticeRow): NoticeView {
  return {
    id: row.id,
    title: row.title,
    body: row.body,
    link: row.link,
    createdAt: shanghaiInstant(row.created_at.getTime()),
    readAt: row.read_at === null ? null : shanghaiInstant(row.read_at.getTime()),
  };
}
