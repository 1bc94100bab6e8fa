import { randomBytes } from 'node:crypto';
import { type Answered, aFileBody } from './api-client';
import { anIssuance, type IssuanceBody } from './builders/issuance-body';
import { CaseDriver, eventually } from './case-driver';
import type { Product } from './product';

export interface ChangeView {
  readonly id: string;
  readonly operation: string;
  readonly state: string;
  readonly certificateId: string;
  readonly stateReason: { readonly code: string; readonly detail: string } | null;
  readonly preemptedBy: string | null;
  readonly issuance: { readonly id: string; readonly state: string } | null;
  readonly newVersion: {
    readonly versionId: string;
    readonly version: string;
    readonly identifier: string;
  } | null;
  readonly availableActions: readonly string[];
}

export interface CertificateShown {
  readonly id: string;
  readonly versionId: string;
  readonly version: string;
  readonly state: string;
  readonly marks: readonly string[];
  readonly number: string;
  readonly identifier: string;
  readonly validUntil: string | null;
  readonly endedAt: string | null;
  readonly availableActions: readonly string[];
}

type Body = Readonly<Record<string, unknown>>;
let counter = 0;

/** What offices do with issued certificates, as short sentences for journeys. */
export class ChangeDriver extends CaseDriver {
  readonly #product: Product;

  constructor(product: Product) {
    super(product);
    this.#product = product;
  }

  /** Issues one and answers its certificate's id. */
  async issued(body: IssuanceBody): Promise<string> {
    const id = await this.submitWithRecord(body);
    const { certificate } = await this.untilState(id, 'issued');
    if (certificate === null) throw new Error('issued without a certificate');
    return certificate.id;
  }

  /** A change as the agency's system asks for it. */
  ask(certificateId: string, path: string, body: Body, waitS = 0): Promise<Answered> {
    return this.#product.agency('POST', `/api/v1/certificates/${certificateId}/${path}`, {
      body,
      headers: {
        'idempotency-key': randomBytes(12).toString('hex'),
        ...(waitS === 0 ? {} : { prefer: `wait=${waitS}` }),
      },
    });
  }

  /** A change as a person asks for it. */
  askAs(username: string, certificateId: string, path: string, body: Body): Promise<Answered> {
    return this.#product.person(username)('POST', `/api/v1/certificates/${certificateId}/${path}`, {
      body,
      headers: { 'idempotency-key': randomBytes(12).toString('hex') },
    });
  }

  /** Asks for a change that is accepted; out: how it stands. */
  async change(certificateId: string, path: string, body: Body): Promise<ChangeView> {
    return changeOf(await this.ask(certificateId, path, body));
  }

  async changeView(changeId: string): Promise<ChangeView> {
    return changeOf(await this.#product.agency('GET', `/api/v1/certificate-changes/${changeId}`));
  }

  untilChange(changeId: string, state: string): Promise<ChangeView> {
    return eventually(
      `change ${changeId} is ${state}`,
      () => this.changeView(changeId),
      (view) => view.state === state,
    );
  }

  async certificate(certificateId: string): Promise<CertificateShown> {
    const answered = await this.#product.agency('GET', `/api/v1/certificates/${certificateId}`);
    if (answered.status !== 200) throw new Error(`no certificate: ${answered.text}`);
    return JSON.parse(answered.text);
  }

  /** A decision with its attachment, as suspensions and endings need it. */
  async decided(override: Body = {}): Promise<Body> {
    counter += 1;
    return {
      businessNumber: `150602-2026-变${counter}`,
      decidedAt: '2026-11-23T09:30:00+08:00',
      reason: '依法作出决定',
      legalGround: { law: '中华人民共和国行政许可法', article: '第七十条' },
      decision: {
        name: '行政决定书',
        number: `鄂东审决〔2026〕${counter}号`,
        date: '2026-11-23',
        organ: '东胜区行政审批和政务服务局',
      },
      attachments: [await this.attachment()],
      ...override,
    };
  }

  async attachment(): Promise<string> {
    const { raw, headers } = aFileBody('决定书.pdf', Buffer.from(`%PDF-1.7 decision ${counter}`));
    const answered = await this.#product.agency('POST', '/api/v1/attachments', {
      raw,
      headers: { ...headers, 'idempotency-key': randomBytes(12).toString('hex') },
    });
    if (answered.status !== 201) throw new Error(`the attachment was refused: ${answered.text}`);
    const { id }: { id: string } = JSON.parse(answered.text);
    return id;
  }
}

/** The change that an answer shows; throws when it shows none. */
export function changeOf(answered: Answered): ChangeView {
  if (answered.status >= 400) throw new Error(`no change: ${answered.text}`);
  return JSON.parse(answered.text);
}

/** The request of a version that follows the one of `body`: the same but for its own business number and what a test is about. */
export function nextVersion(
  body: IssuanceBody,
  override: Body & { readonly face?: Body } = {},
): IssuanceBody & Body {
  counter += 1;
  const { face, ...rest } = override;
  return {
    ...body,
    businessNumber: `${body.businessNumber}-${counter}`,
    reason: '持证主体申请',
    ...rest,
    face: { ...body.face, ...face },
  };
}

/** A request for the holder's own 道路运输经营许可证, which is always reviewed and on which his 道路运输证 rest. */
export function aBusinessLicence(override: Body = {}): IssuanceBody {
  counter += 1;
  const certificate = anIssuance();
  const { 业户名称, 地址, 发证日期 } = certificate.face;
  return {
    ...certificate,
    catalogCode: '11100000000019713D008',
    face: {
      许可证号: `1506027${String(counter).padStart(5, '0')}`,
      业户名称,
      地址,
      法定代表人: '巴雅尔',
      经营范围: '道路普通货物运输',
      ...(发证日期 === undefined ? {} : { 发证日期 }),
    },
    ...override,
  };
}
