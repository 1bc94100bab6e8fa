import type { LegalDate } from '../../../domain/shared/legal-date';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import { SEEDER } from '../demonstration-deps';
import { conductIssuance, deliverAll, openTaskOf, review } from './conduct-in-process';
import type { RequestBody } from './request-of';
import type { StoryOffice } from './story-office';

export interface AskedChange {
  readonly by: Principal;
  readonly certificateId: string;
  /** Last part of the address, such as `suspensions`. */
  readonly path: string;
  readonly body: object;
  /** Names the change in the plan. */
  readonly key: string;
  readonly at: Date;
  /** Left where a person has to look. */
  readonly leaveBeforeReview?: true;
}

/** Effect: the change was asked for and has gone its way at the story's instants. Out: its id. */
export async function layChange(office: StoryOffice, asked: AskedChange): Promise<string> {
  office.clock.moveTo(asked.at);
  const answered = await office.must(asked.by, 'POST', `/certificates/${asked.certificateId}/${asked.path}`, {
    body: asked.body,
    key: `demonstration/${asked.key}`,
  });
  const changeId = String(answered['id']);
  await conductChange(office, changeId, asked.leaveBeforeReview === true);
  return changeId;
}

interface ChangeStand {
  readonly state: string;
  readonly closed_at: Date | null;
  readonly issuance_id: string | null;
}

const ROUNDS = 8;

/** Conducts a change and the issuance of its version as their workflows would. */
export async function conductChange(
  office: StoryOffice,
  changeId: string,
  leaveBeforeReview = false,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    office.clock.advance(500);
    await office.steps.settleCertificateChange(changeId);
    const { state, closed_at: closedAt, issuance_id: issuanceId } = await standOf(office, changeId);
    if (issuanceId !== null) await conductVersion(office, issuanceId, leaveBeforeReview);
    if (closedAt !== null) return;
    if (state === 'underReview') {
      if (leaveBeforeReview) return;
      await review(office, changeId, 'reviewer1', 'approve');
    }
  }
}

async function conductVersion(
  office: StoryOffice,
  issuanceId: string,
  leaveBeforeReview: boolean,
): Promise<void> {
  let state = await conductIssuance(office, issuanceId);
  if (state === 'underReview' && !leaveBeforeReview && (await openTaskOf(office, issuanceId)) !== null) {
    await review(office, issuanceId, 'reviewer1', 'approve');
    state = await conductIssuance(office, issuanceId);
  }
  if (state === 'issued') await deliverAll(office, issuanceId);
}

async function standOf(office: StoryOffice, changeId: string): Promise<ChangeStand> {
  const [row] = await office.register.statement<ChangeStand>(
    SEEDER,
    `SELECT g.state, g.closed_at, (SELECT i.id FROM issuance i WHERE i.certificate_change_id = g.id ORDER BY i.received_at DESC LIMIT 1) AS issuance_id
     FROM certificate_change g WHERE g.id = ?`,
    [changeId],
  );
  if (row === undefined) throw new Error('a change that was begun is not in the register');
  return row;
}

const GROUNDS = {
  suspensions: ['道路运输条例(演示引用)', '第六十三条', '车辆技术状况检测不合格，暂扣证照'],
  resumptions: ['道路运输条例(演示引用)', '第六十三条', '整改合格，发还证照'],
  cancellations: ['中华人民共和国行政许可法', '第七十条', '经营者申请停止经营'],
  rescissions: ['中华人民共和国行政许可法', '第六十九条', '以欺骗手段取得许可'],
  recalls: ['中华人民共和国行政许可法', '第八条', '所依据的客观情况发生重大变化'],
  revocations: ['道路运输条例(演示引用)', '第六十六条', '不按许可事项经营，情节严重'],
  voidings: ['中华人民共和国行政许可法', '第六十九条', '签发时录入对象有误'],
  'transfers-out': ['道路运输条例(演示引用)', '第十条', '经营地迁往外地'],
} as const satisfies Record<string, readonly [string, string, string]>;
export type DecidedPath = keyof typeof GROUNDS;

/** The body of a change of state that rests on a decision with its document. */
export async function decidedBody(
  office: StoryOffice,
  by: Principal,
  path: DecidedPath,
  about: { readonly key: string; readonly at: Date; readonly on: LegalDate },
): Promise<object> {
  office.clock.moveTo(about.at);
  const [law, article, reason] = GROUNDS[path];
  return {
    businessNumber: `150602-${about.on.slice(0, 4)}-演变-${about.key}`,
    decidedAt: shanghaiInstant(about.at.getTime() - 1_800_000),
    reason,
    legalGround: { law, article },
    decision: {
      name: '行政决定书',
      number: `鄂东演决〔${about.on.slice(0, 4)}〕${about.key}号`,
      date: about.on,
      organ: '东胜区行政审批和政务服务局',
    },
    attachments: [await attach(office, by, about.key)],
    ...(path === 'transfers-out' ? { destination: '陕西省榆林市交通运输局' } : {}),
  };
}

/** Uploads a document of the demonstration; out: its id. */
export async function attach(office: StoryOffice, by: Principal, key: string): Promise<string> {
  const answered = await office.must(by, 'POST', '/attachments', {
    key: `demonstration/attachment/${key}`,
    file: {
      fileName: '决定书.pdf',
      mediaType: 'application/pdf',
      bytes: Buffer.from(`%PDF-1.7\n% 演示数据 ${key}\n%%EOF\n`),
    },
  });
  return String(answered['id']);
}

/** The request of a version that follows another. */
export function followingBody(
  body: RequestBody,
  about: { readonly key: string; readonly at: Date; readonly on: LegalDate },
  override: Readonly<Record<string, unknown>> & { readonly face?: Readonly<Record<string, unknown>> } = {},
): RequestBody {
  const { face, ...rest } = override;
  const decision = body['decision'];
  return {
    ...body,
    businessNumber: `${body.businessNumber}-${about.key}`,
    decidedAt: shanghaiInstant(about.at.getTime() - 1_800_000),
    decision:
      typeof decision === 'object' && decision !== null
        ? { ...decision, date: about.on, number: `鄂东演变〔${about.on.slice(0, 4)}〕${about.key}号` }
        : null,
    issuedOn: about.on,
    reason: '持证主体申请',
    ...rest,
    face: { ...body.face, ...datesOnFace(body, about.on), ...face },
  };
}

/** Where the face says when it was issued, it says so of the new version. */
function datesOnFace(body: RequestBody, on: LegalDate): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    ['发证日期', '签发日期', '登记日期'].filter((name) => name in body.face).map((name) => [name, on]),
  );
}
