import { randomBytes } from 'node:crypto';
import type { AnomalyConclusion, AnomalyState } from '../../domain/anomaly/lifecycle';
import { type Answered, aFileBody } from './api-client';
import { anIssuance, type IssuanceBody } from './builders/issuance-body';
import { type CaseDriver, eventually } from './case-driver';
import type { Product } from './product';

export interface AnomalyView {
  readonly id: string;
  readonly number: string;
  readonly state: AnomalyState;
  readonly authorityId: string;
  readonly fields: readonly string[];
  readonly conclusion: AnomalyConclusion | null;
  readonly reason: string | null;
  readonly changeId: string | null;
  readonly transfers: number;
  readonly toldUsers: number;
  readonly dueAt: string | null;
  readonly objections: readonly {
    readonly id: string;
    readonly isMine: boolean;
    readonly objectorKind: string;
    readonly receivedHow: string | null;
    readonly contactAttempts: number;
  }[];
  readonly availableActions: readonly string[];
}

export interface IssuedCertificate {
  readonly id: string;
  readonly versionId: string;
  readonly identifier: string;
  readonly verificationPath: string;
  readonly body: IssuanceBody;
}

/** What people do with objections, as short sentences for journeys; 车辆类型 is disputed unless a story says otherwise. */
export class AnomalyDriver {
  readonly #product: Product;
  readonly #cases: CaseDriver;

  constructor(product: Product, cases: CaseDriver) {
    this.#product = product;
    this.#cases = cases;
  }

  /** A certificate in force whose holder is company1. */
  async certificate(body = anIssuance()): Promise<IssuedCertificate> {
    const id = await this.#cases.submitWithRecord(body);
    const { certificate } = await this.#cases.untilState(id, 'issued');
    if (certificate === null || certificate.verificationUrl === null) throw new Error('no certificate');
    return {
      id: certificate.id,
      versionId: certificate.versionId,
      identifier: certificate.identifier,
      verificationPath: new URL(certificate.verificationUrl).pathname,
      body,
    };
  }

  objection(certificate: IssuedCertificate, over: Readonly<Record<string, unknown>> = {}) {
    return {
      certificateId: certificate.id,
      claims: [{ field: '车辆类型', ground: 'accuracy', claimedValue: '重型普通货车' }],
      explanation: '与行驶证不符',
      ...over,
    };
  }

  file(username: string, body: unknown, key = randomBytes(12).toString('hex')): Promise<Answered> {
    return this.#product.person(username)('POST', '/api/v1/anomaly-cases', {
      body,
      headers: { 'idempotency-key': key },
    });
  }

  /** Files an objection that opens or joins a case; out: the case. */
  async filed(username: string, body: unknown): Promise<AnomalyView> {
    const answered = await this.file(username, body);
    if (answered.status >= 300) throw new Error(`the objection was refused: ${answered.text}`);
    return JSON.parse(answered.text);
  }

  act(
    caseId: string,
    name: string,
    body: object | null = null,
    username = 'investigator1',
  ): Promise<Answered> {
    return this.#product.person(username)(
      'POST',
      `/api/v1/anomaly-cases/${caseId}/${name}`,
      body === null ? {} : { body },
    );
  }

  /** An act that is not refused. */
  async acted(
    caseId: string,
    name: string,
    body: object | null = null,
    username = 'investigator1',
  ): Promise<void> {
    const answered = await this.act(caseId, name, body, username);
    if (answered.status >= 300) throw new Error(`${name} was refused: ${answered.text}`);
  }

  async get<Body>(caseId: string, part = '', username = 'investigator1'): Promise<Body> {
    const answered = await this.#product.person(username)('GET', `/api/v1/anomaly-cases/${caseId}${part}`);
    if (answered.status !== 200) throw new Error(`no ${part}: ${answered.text}`);
    return JSON.parse(answered.text);
  }

  view(caseId: string, username = 'investigator1'): Promise<AnomalyView> {
    return this.get<AnomalyView>(caseId, '', username);
  }

  untilState(caseId: string, state: AnomalyState, username = 'investigator1'): Promise<AnomalyView> {
    return eventually(
      `anomaly case ${caseId} is ${state}`,
      () => this.view(caseId, username),
      (view) => view.state === state,
    );
  }

  /** The marks that anybody who verifies the certificate sees. */
  async publicMarks(certificate: Pick<IssuedCertificate, 'verificationPath'>): Promise<readonly string[]> {
    const answered = await this.#product.anonymous('GET', certificate.verificationPath, {
      headers: { accept: 'application/json' },
    });
    if (answered.status !== 200) throw new Error(`not verified: ${answered.text}`);
    const { marks }: { marks: readonly { readonly code: string }[] } = JSON.parse(answered.text);
    return marks.map(({ code }) => code);
  }

  /** A file of evidence of somebody's own; out: its id. */
  async attachment(username: string, fileName = '行驶证.pdf'): Promise<string> {
    const file = aFileBody(fileName, Buffer.from('%PDF-1.7\n'));
    const answered = await this.#product.person(username)('POST', '/api/v1/attachments', {
      raw: file.raw,
      headers: { ...file.headers, 'idempotency-key': randomBytes(12).toString('hex') },
    });
    if (answered.status !== 201) throw new Error(`the file was refused: ${answered.text}`);
    const { id }: { id: string } = JSON.parse(answered.text);
    return id;
  }

  deadlines(caseId: string) {
    return this.#cases.rows<{
      key: string;
      round: number;
      state: string;
      due_at: Date | null;
      start_at: Date;
    }>(
      `select key, round, state, due_at, start_at from deadline
       where case_kind = 'anomalyCase' and case_id = $1 order by key, round`,
      [caseId],
    );
  }
}
