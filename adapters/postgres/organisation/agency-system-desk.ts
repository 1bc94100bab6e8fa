import { randomBytes, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { type Principal, principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type { Idempotency } from '../../../ports/idempotency';
import type { AgencySystemDesk, AgencySystemView } from '../../../ports/organisation';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { recordSecurityEvent, type SecurityEventKind } from '../evidence/record-security-event';
import { createOnce } from '../register/idempotency-keys';
import { violatedConstraint } from '../register/register';
import { shanghaiText } from '../register/shanghai-text';
import { type AccountOptions, officer } from './account-work';

interface SystemRow {
  readonly id: string;
  readonly authority_id: string;
  readonly name: string;
  readonly record_url: string | null;
  readonly record_key_id: string | null;
  readonly record_secret_cipher: Buffer | null;
  readonly callback_hosts: readonly string[];
  readonly webhook_secret_cipher: Buffer | null;
  readonly state: AgencySystemView['state'];
  readonly created_at: Date;
}

type Options = Pick<AccountOptions, 'register' | 'cipher' | 'clock'>;
/** Standard Webhooks 1.0: 24 to 64 random bytes. */
const WEBHOOK_SECRET_BYTES = 32;

/** Business systems of authorities: a system administrator's work. Secrets are stored encrypted and never shown again. */
export class PostgresAgencySystemDesk implements AgencySystemDesk {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async list(principal: Principal): Promise<readonly AgencySystemView[]> {
    const rows = await this.#options.register.within(principal, (transaction) =>
      transaction<SystemRow>('agency_system').orderBy(['authority_id', 'name', 'id']),
    );
    return rows.map(systemView);
  }

  async add(
    principal: Principal,
    system: Parameters<AgencySystemDesk['add']>[1],
    idempotency: Idempotency,
  ): Promise<Result<AgencySystemView, Refusal>> {
    const administrator = officer(principal, 'systemAdministrator');
    if (!administrator.ok) return administrator;
    const now = this.#options.clock.now();
    return this.#options.register.within(principal, async (transaction) => {
      const made = await createOnce(
        transaction,
        principalName(principal),
        idempotency,
        { resourceKind: 'agencySystem', now },
        async () => {
          const known = await transaction('authority').where({ id: system.authorityId }).first('id');
          const problem = { pointer: '/authorityId', code: 'unknown', expected: '应为已登记的单位' };
          if (known === undefined) return refused({ code: 'contentInvalid', problems: [problem] });
          const id = randomUUID();
          await transaction('agency_system').insert({
            id,
            authority_id: system.authorityId,
            name: system.name,
            callback_hosts: [...system.callbackHosts],
            created_at: now,
          });
          await this.#note(transaction, principal, 'agencySystemAdded', { agencySystemId: id });
          return accepted(id);
        },
      );
      if (!made.ok) return made;
      const row = await lockSystem(transaction, made.value.resourceId);
      if (row === null) throw new Error('an agency system that was just written is not visible');
      return accepted(systemView(row));
    });
  }

  async setRecordPort(
    principal: Principal,
    systemId: string,
    port: Parameters<AgencySystemDesk['setRecordPort']>[2],
  ): Promise<Result<AgencySystemView, Refusal>> {
    const { cipher } = this.#options;
    const columns =
      port === null
        ? { record_url: null, record_key_id: null, record_secret_cipher: null }
        : {
            record_url: port.url,
            record_key_id: port.keyId,
            record_secret_cipher: cipher.encrypt(
              port.secret,
              cipherPlace('agency_system.record_secret_cipher', systemId),
            ),
          };
    try {
      return await this.#change(principal, systemId, 'recordPortSet', async () => accepted(columns));
    } catch (fault) {
      if (violatedConstraint(fault) !== 'agency_system_record_url_unique') throw fault;
      const problem = { pointer: '/url', code: 'recordUrlTaken', expected: '每个业务系统各有自己的台账地址' };
      return refused({ code: 'recordUrlTaken', problems: [problem] });
    }
  }

  async renewWebhookSecret(
    principal: Principal,
    systemId: string,
  ): Promise<Result<{ readonly system: AgencySystemView; readonly secret: string }, Refusal>> {
    const secret = `whsec_${randomBytes(WEBHOOK_SECRET_BYTES).toString('base64')}`;
    const webhook_secret_cipher = this.#options.cipher.encrypt(
      secret,
      cipherPlace('agency_system.webhook_secret_cipher', systemId),
    );
    const changed = await this.#change(principal, systemId, 'webhookSecretRenewed', async () =>
      accepted({ webhook_secret_cipher }),
    );
    return changed.ok ? accepted({ system: changed.value, secret }) : changed;
  }

  async setState(
    principal: Principal,
    systemId: string,
    state: AgencySystemView['state'],
  ): Promise<Result<AgencySystemView, Refusal>> {
    const kind = state === 'active' ? 'agencySystemResumed' : 'agencySystemStopped';
    return this.#change(principal, systemId, kind, async (row) =>
      row.state === state ? refused({ code: 'transitionNotAllowed', facts: { state } }) : accepted({ state }),
    );
  }

  async #change(
    principal: Principal,
    systemId: string,
    kind: SecurityEventKind,
    change: (row: SystemRow) => Promise<Result<Partial<SystemRow>, Refusal>>,
  ): Promise<Result<AgencySystemView, Refusal>> {
    const administrator = officer(principal, 'systemAdministrator');
    if (!administrator.ok) return administrator;
    return this.#options.register.within(principal, async (transaction) => {
      const row = await lockSystem(transaction, systemId);
      if (row === null) return refused<Refusal>({ code: 'notFound' });
      const columns = await change(row);
      if (!columns.ok) return columns;
      const [written] = await transaction<SystemRow>('agency_system')
        .where({ id: systemId })
        .update(columns.value)
        .returning('*');
      if (written === undefined) throw new Error('an agency system vanished');
      await this.#note(transaction, principal, kind, {
        agencySystemId: systemId,
        recordUrl: written.record_url,
      });
      return accepted(systemView(written));
    });
  }

  async #note(
    transaction: Knex.Transaction,
    principal: Principal,
    kind: SecurityEventKind,
    detail: Readonly<Record<string, string | null>>,
  ): Promise<void> {
    const occurredAt = this.#options.clock.now();
    await recordSecurityEvent(transaction, { kind, principal: principalName(principal), detail, occurredAt });
  }
}

async function lockSystem(transaction: Knex.Transaction, id: string): Promise<SystemRow | null> {
  return (await transaction<SystemRow>('agency_system').where({ id }).forUpdate().first()) ?? null;
}

function systemView(row: SystemRow): AgencySystemView {
  return {
    id: row.id,
    state: row.state,
    authorityId: row.authority_id,
    name: row.name,
    callbackHosts: row.callback_hosts,
    hasWebhookSecret: row.webhook_secret_cipher !== null,
    recordPort: row.record_url === null ? null : { url: row.record_url, keyId: row.record_key_id },
    createdAt: shanghaiText(row.created_at),
  };
}
