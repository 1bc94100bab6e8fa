/** What the caller can do about a refusal. */
export type RetryBehaviour =
  /** The same request will always be refused. */
  | 'never'
  /** Change the request as the answer says, then send it anew. */
  | 'afterAmending'
  /** The same request may succeed later without change. */
  | 'later';

export interface RefusalDescription {
  readonly status: 400 | 401 | 403 | 404 | 405 | 406 | 409 | 412 | 413 | 415 | 422 | 428 | 429 | 503;
  readonly zh: string;
  readonly en: string;
  readonly retry: RetryBehaviour;
}

/** The one catalogue of refusals: HTTP status, wording in both languages, and what to do. */
export const REFUSALS = {
  malformedRequest: {
    status: 400,
    zh: '请求内容不符合要求，请按所列位置逐项更正。',
    en: 'The request is not well-formed; see the listed places.',
    retry: 'afterAmending',
  },
  methodNotAllowed: {
    status: 405,
    zh: '该地址不支持这种请求方法。',
    en: 'This address does not support the method.',
    retry: 'never',
  },
  malformedJson: {
    status: 400,
    zh: '请求正文不是有效的 JSON。',
    en: 'The body is not valid JSON.',
    retry: 'afterAmending',
  },
  bodyTooLarge: {
    status: 413,
    zh: '请求正文超过允许的大小。',
    en: 'The body is larger than allowed.',
    retry: 'afterAmending',
  },
  mediaTypeUnsupported: {
    status: 415,
    zh: '不支持这种内容类型。',
    en: 'This media type is not supported.',
    retry: 'afterAmending',
  },
  signatureMissing: {
    status: 401,
    zh: '缺少或无法识别签名，请按接口说明签名后重新发送。',
    en: 'The signature is missing or unreadable.',
    retry: 'afterAmending',
  },
  signatureWrong: { status: 401, zh: '签名不正确。', en: 'The signature is wrong.', retry: 'afterAmending' },
  timestampOutOfRange: {
    status: 401,
    zh: '签名时间与服务器时间相差超过 300 秒，请校准时钟后重新签名。',
    en: 'The timestamp differs from the server time by more than 300 seconds.',
    retry: 'afterAmending',
  },
  nonceUsed: {
    status: 401,
    zh: '该随机数已经使用过，请更换随机数后重新签名。',
    en: 'The nonce has been used before.',
    retry: 'afterAmending',
  },
  signInRequired: { status: 401, zh: '请先登录。', en: 'Please sign in.', retry: 'afterAmending' },
  signInFailed: {
    status: 401,
    zh: '用户名、密码或动态口令不正确。',
    en: 'User name, password or one-time code is wrong.',
    retry: 'afterAmending',
  },
  accountLocked: {
    status: 401,
    zh: '连续登录失败次数过多，账号已暂时锁定，请稍后再试。',
    en: 'Too many failed sign-ins; the account is locked for a while.',
    retry: 'later',
  },
  secondFactorRequired: {
    status: 401,
    zh: '请输入动态口令。',
    en: 'A one-time code is required.',
    retry: 'afterAmending',
  },
  sessionIdle: {
    status: 401,
    zh: '长时间未操作，已自动锁定，请重新登录。',
    en: 'The session was idle for too long; please sign in again.',
    retry: 'afterAmending',
  },
  csrfTokenWrong: {
    status: 403,
    zh: '页面已过期，请刷新后重试。',
    en: 'The CSRF token is missing or wrong.',
    retry: 'afterAmending',
  },
  notPermitted: {
    status: 403,
    zh: '您的角色不能执行此操作。',
    en: 'Your role may not do this.',
    retry: 'never',
  },
  notFound: {
    status: 404,
    zh: '没有找到，或不在您的管辖范围内。',
    en: 'Not found, or outside your scope.',
    retry: 'never',
  },
  notAcceptable: {
    status: 406,
    zh: '不能以所要求的格式回答。',
    en: 'The requested format is not available.',
    retry: 'afterAmending',
  },
  purposeRequired: {
    status: 400,
    zh: '查阅个人信息须说明用途（请求头 Use-Purpose 或参数 purpose，不超过 200 字）。',
    en: 'A purpose of use is required to read personal data.',
    retry: 'afterAmending',
  },
  unmaskReasonRequired: {
    status: 400,
    zh: '查看未脱敏信息须说明理由。',
    en: 'A reason is required to see unmasked data.',
    retry: 'afterAmending',
  },
  catalogEntryUnknown: {
    status: 422,
    zh: '证照目录中没有该类型，或尚未发布。',
    en: 'The certificate type is unknown or not published.',
    retry: 'afterAmending',
  },
  notIssuedHere: {
    status: 422,
    zh: '该类型证照由上级制发，本市只归集，不签发。',
    en: 'Certificates of this type are not issued by this city.',
    retry: 'never',
  },
  authorityNotEntitled: {
    status: 403,
    zh: '贵单位没有签发该类型证照的权限。',
    en: 'The authority may not issue this type.',
    retry: 'never',
  },
  contentInvalid: {
    status: 422,
    zh: '申请内容不符合目录和编码规则，请按所列位置逐项更正。',
    en: 'The content does not follow the catalogue and the coding rules; see the listed places.',
    retry: 'afterAmending',
  },
  faceInvalid: {
    status: 422,
    zh: '照面信息不符合目录要求，请按所列位置逐项更正。',
    en: 'The certificate face does not follow the catalogue; see the listed places.',
    retry: 'afterAmending',
  },
  classifiedSuspected: {
    status: 422,
    zh: '内容带有涉密标志，不予接收且未保存任何内容；已通知安全管理员。',
    en: 'The content bears a secrecy mark; nothing was stored and the security administrator was told.',
    retry: 'never',
  },
  idempotencyKeyReused: {
    status: 422,
    zh: '该 Idempotency-Key 已用于另一请求内容。',
    en: 'The Idempotency-Key was used with another body.',
    retry: 'afterAmending',
  },
  idempotencyKeyInProgress: {
    status: 409,
    zh: '相同 Idempotency-Key 的请求正在处理，请稍后再试。',
    en: 'A request with this Idempotency-Key is still running.',
    retry: 'later',
  },
  idempotencyKeyMissing: {
    status: 400,
    zh: '缺少 Idempotency-Key 请求头。',
    en: 'The Idempotency-Key header is required.',
    retry: 'afterAmending',
  },
  uniquenessTaken: {
    status: 409,
    zh: '同一持证主体或对象已有一份有效的该类证照或在办事项。',
    en: 'A live certificate or an open case exists for the same holder or asset.',
    retry: 'never',
  },
  numberTaken: {
    status: 409,
    zh: '该证照编号已被使用。',
    en: 'The certificate number is already in use.',
    retry: 'afterAmending',
  },
  transitionNotAllowed: {
    status: 409,
    zh: '当前状态下不能执行此操作。',
    en: 'The operation is not possible in the present state.',
    retry: 'never',
  },
  changeOpen: {
    status: 409,
    zh: '该证照已有一项变动正在办理，须待其办结或撤件后再申请。',
    en: 'The certificate has an open change, which must end first.',
    retry: 'later',
  },
  operationNotForType: {
    status: 409,
    zh: '该类型证照不办理此项变动。',
    en: 'Certificates of this type do not know this change.',
    retry: 'never',
  },
  alreadySealed: {
    status: 409,
    zh: '已经签章，不能再撤件。',
    en: 'The certificate has been sealed and can no longer be withdrawn.',
    retry: 'never',
  },
  revisionConflict: {
    status: 412,
    zh: '内容已被他人修改，请刷新后重试。',
    en: 'Somebody else has changed this; please reload.',
    retry: 'afterAmending',
  },
  preconditionRequired: {
    status: 428,
    zh: '缺少 If-Match 请求头，请带上读取时得到的 ETag。',
    en: 'The If-Match header is required.',
    retry: 'afterAmending',
  },
  taskNotOpen: {
    status: 409,
    zh: '该任务已被认领或已办结。',
    en: 'The task is no longer open.',
    retry: 'never',
  },
  taskNotYours: {
    status: 409,
    zh: '该任务不在您名下，请先认领。',
    en: 'You do not hold this task.',
    retry: 'afterAmending',
  },
  pickupRefused: {
    status: 422,
    zh: '不能交给该领取人，请按所列位置核对。',
    en: 'The certificate may not be handed to this person; see the listed places.',
    retry: 'afterAmending',
  },
  receiptNotProven: {
    status: 422,
    zh: '回执的签名不正确，或不是这次送达的回执。',
    en: 'The receipt is not signed by the portal or is about another delivery.',
    retry: 'never',
  },
  taskHeldByNobody: {
    status: 409,
    zh: '该任务无人认领，可以直接认领。',
    en: 'Nobody holds the task; it can be claimed.',
    retry: 'never',
  },
  urgedRecently: {
    status: 409,
    zh: '刚刚催办过，请在冷却时间过后再催办。',
    en: 'The task was urged a short while ago.',
    retry: 'later',
  },
  receiverUnsuitable: {
    status: 422,
    zh: '对方没有办理该任务所需的角色，或不在该单位，或是该事项的经办人。',
    en: 'The receiver lacks the role at this authority or is the operator of the case.',
    retry: 'afterAmending',
  },
  taskUndoExpired: {
    status: 409,
    zh: '决定已经生效，不能再撤销。',
    en: 'The decision has taken effect and cannot be undone.',
    retry: 'never',
  },
  operatorMayNotReview: {
    status: 403,
    zh: '经办人不得审核自己经办的事项。',
    en: 'The operator of a case may not review it.',
    retry: 'never',
  },
  roleMissing: {
    status: 403,
    zh: '办理该任务需要相应角色。',
    en: 'The task needs a role that you do not have.',
    retry: 'never',
  },
  reasonRequired: {
    status: 422,
    zh: '退回或不予签发须说明理由。',
    en: 'A reason is required to send back or refuse.',
    retry: 'afterAmending',
  },
  secondPersonRequired: {
    status: 403,
    zh: '须由另一人办理。',
    en: 'This needs a second person.',
    retry: 'never',
  },
  userNameTaken: {
    status: 409,
    zh: '该用户名已被使用。',
    en: 'The user name is taken.',
    retry: 'afterAmending',
  },
  creditCodeTaken: {
    status: 409,
    zh: '该统一社会信用代码的单位已经登记。',
    en: 'An authority with this credit code is registered already.',
    retry: 'never',
  },
  rolesMustBeSeparate: {
    status: 409,
    zh: '系统管理员、安全管理员、审计员相互分离，且不得兼任其他角色；用证单位人员也不得兼任。',
    en: 'The three administrators are apart from each other and from every other role.',
    retry: 'never',
  },
  substituteUnsuitable: {
    status: 422,
    zh: '代办人须为同一单位在岗的在用人员，且双方均不是系统管理员、安全管理员或审计员。',
    en: 'The substitute must be an active person of the same authority who is not on leave.',
    retry: 'afterAmending',
  },
  passwordWrong: {
    status: 422,
    zh: '当前口令不正确。',
    en: 'The present password is wrong.',
    retry: 'afterAmending',
  },
  oneTimeCodeWrong: {
    status: 422,
    zh: '动态口令不正确或已使用过。',
    en: 'The one-time code is wrong or was used before.',
    retry: 'afterAmending',
  },
  oneTimePasswordExpired: {
    status: 401,
    zh: '一次性口令已过期，请联系系统管理员重置。',
    en: 'The one-time password has expired; ask a system administrator to reset it.',
    retry: 'never',
  },
  accountSetUpRequired: {
    status: 403,
    zh: '请先设置自己的口令并绑定动态口令，然后才能使用系统。',
    en: 'Set a password of your own and enrol a second factor first.',
    retry: 'afterAmending',
  },
  keySlotsTaken: {
    status: 409,
    zh: '该业务系统已有两个有效密钥，请先吊销一个。',
    en: 'The agency system has two live keys; revoke one first.',
    retry: 'afterAmending',
  },
  recordUrlTaken: {
    status: 409,
    zh: '该台账地址已登记在另一业务系统名下。',
    en: 'The record address belongs to another agency system.',
    retry: 'afterAmending',
  },
  alreadyObjected: {
    status: 409,
    zh: '您已就该要素提出异议，正在核查，请在原案件中补充材料。',
    en: 'You have objected to this field already; the case is open.',
    retry: 'never',
  },
  disputeSpansCases: {
    status: 409,
    zh: '所列要素分属不同的在办核查，请按要素分别提出异议。',
    en: 'The fields are disputed in different open cases; file an objection for each.',
    retry: 'afterAmending',
  },
  objectedTooOften: {
    status: 409,
    zh: '就同一要素的异议已多次核查无误，在限制期内不再受理；如有新的证据，请向发证单位的主管部门反映。',
    en: 'This field was found right several times on your objections; try again after the period.',
    retry: 'later',
  },
  itemsStillOpen: {
    status: 409,
    zh: '仍有受影响事项没有补办或说明理由，不能办结。',
    en: 'Some affected items are neither made up nor excepted.',
    retry: 'later',
  },
  itemAlreadyHeld: {
    status: 409,
    zh: '该事项已登记在本次不可抗力事件中。',
    en: 'The item belongs to this event already.',
    retry: 'never',
  },
  statusAlreadyInDoubt: {
    status: 409,
    zh: '该证照已标注状态存疑。',
    en: 'The status of the certificate is in doubt already.',
    retry: 'never',
  },
  statusNotInDoubt: {
    status: 409,
    zh: '该证照没有标注状态存疑。',
    en: 'The status of the certificate is not in doubt.',
    retry: 'never',
  },
  reportSealMissing: {
    status: 406,
    zh: '核验服务没有配置用于报告的签章密钥，只能给出 JSON 结论。',
    en: 'No key is configured for sealing reports; ask for JSON.',
    retry: 'afterAmending',
  },
  fileNotReadable: {
    status: 422,
    zh: '无法识别该文件，请提供 OFD 或 PDF 文件。',
    en: 'The file is neither OFD nor PDF.',
    retry: 'afterAmending',
  },
  incrementFileUnreadable: {
    status: 422,
    zh: '该文件不能作为增量数据读取，请按所列要求更正。',
    en: 'The file cannot be read as a table of increments; see what was expected.',
    retry: 'afterAmending',
  },
  notInIncrementMode: {
    status: 422,
    zh: '贵单位的该类证照为同步制发，不走每日增量归集；确实无法同步的，请由市电子证照管理部门登记免予同步的依据。',
    en: 'The unit issues this type synchronously and owes no daily increments.',
    retry: 'never',
  },
  incrementDayNotEmpty: {
    status: 409,
    zh: '该日已有增量数据，不能再作零报告。',
    en: 'The day has increments; it cannot be reported as having none.',
    retry: 'never',
  },
  incrementDayNotOwed: {
    status: 422,
    zh: '该日不在贵单位的增量归集义务期内，或还没有到来。',
    en: 'The unit owes no increment for that day.',
    retry: 'afterAmending',
  },
  tooManyRequests: {
    status: 429,
    zh: '请求过于频繁，请稍后再试。',
    en: 'Too many requests.',
    retry: 'later',
  },
  timeLimitUnknown: {
    status: 422,
    zh: '没有这项时限，请核对时限代码。',
    en: 'There is no such time limit.',
    retry: 'afterAmending',
  },
  timeLimitInvalid: {
    status: 422,
    zh: '时限设置不符合要求，请按所列位置更正。',
    en: 'The time limit cannot be set like this; see the listed places.',
    retry: 'afterAmending',
  },
  calendarInvalid: {
    status: 422,
    zh: '工作日历不符合要求，请对照通知按所列位置更正。',
    en: 'The working calendar is not acceptable; see the listed places.',
    retry: 'afterAmending',
  },
  responsiblePersonExists: {
    status: 409,
    zh: '该单位已有专人，请办理交接。',
    en: 'The authority has a responsible person; hand over instead.',
    retry: 'afterAmending',
  },
  responsiblePersonUnsuitable: {
    status: 422,
    zh: '专人及其替补须为该单位的在用人员，且互不相同。',
    en: 'The responsible person and the substitute must be active members of this authority and not the same.',
    retry: 'afterAmending',
  },
  notReady: {
    status: 503,
    zh: '系统正在启动或部分服务不可用，请稍后重试。',
    en: 'The system is not ready.',
    retry: 'later',
  },
} as const satisfies Record<string, RefusalDescription>;

export type RefusalCode = keyof typeof REFUSALS;

/** One place in a request that is wrong; the value itself is never repeated. */
export interface Problem {
  /** JSON pointer (RFC 6901), or the name of a header or parameter. */
  readonly pointer: string;
  readonly code: string;
  /** What was expected, as a Chinese sentence. */
  readonly expected: string;
}

/** A final, explained no. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly problems?: readonly Problem[];
  /** Facts that help the caller, such as who holds a task since when; never personal data. */
  readonly facts?: Readonly<Record<string, string | number | null>>;
}
