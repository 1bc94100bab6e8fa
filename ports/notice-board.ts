import type { Principal } from '../domain/shared/principal';
import type { Page, PageRequest } from './page';

export interface NoticeView {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly link: string | null;
  readonly createdAt: string;
  readonly readAt: string | null;
}

/** 站内信: the first channel of every message to people. */
export interface NoticeBoard {
  list(principal: Principal, unreadOnly: boolean, page: PageRequest): Promise<Page<NoticeView>>;
  markRead(principal: Principal, noticeId: string): Promise<boolean>;
}
