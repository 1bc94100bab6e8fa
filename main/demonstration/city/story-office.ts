import { randomBytes } from 'node:crypto';
import { PostgresAgencyKeys } from '../../../adapters/postgres/organisation/agency-keys';
import { resolveScope } from '../../../adapters/postgres/organisation/resolve-scope';
import { connectKnex } from '../../../adapters/postgres/register/register';
import type { ApiPorts } from '../../../api/api-ports';
import type { Route } from '../../../api/http/route';
import type { Principal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { AgencyRecords } from '../../../ports/agency-records';
import type { CertificateProducer } from '../../../ports/certificate-producer';
import { startPortalServer } from '../../../simulators/portal/portal-server';
import { openCertificateProducer } from '../../certificate-drawing';
import type { Foundation } from '../../foundation';
import { openOutsideSystems } from '../../outside-systems';
import { openSecrets } from '../../secrets';
import { type WorkerActivities, workerActivities } from '../../worker-activities';
import type { DemonstrationDeps } from '../demonstration-deps';
import { SEEDER } from '../demonstration-deps';
import { personId } from '../seed-accounts';
import { AGENCY_KEY_ID } from '../seed-agency';
import { HeldRegister } from './held-register';
import { pastFoundation, pastPorts } from './past-product';
import { PortalSwitch } from './portal-switch';
import { routeOf } from './route-of';
import { StoryClock } from './story-clock';
import { UnitPreparation } from './unit-preparation';

export interface StoryOfficeOptions {
  /** The product as it runs today. */
  readonly foundation: Foundation;
  readonly deps: DemonstrationDeps;
  /** PKCS #8 of the key with which the demonstration's portal signs its receipts. */
  readonly portalProofKey: Uint8Array;
  /** The portal's folder: accounts and receipts of the past are those of today's portal. */
  readonly portalFolder: string;
  readonly producer?: CertificateProducer;
}

export interface Asking {
  readonly body?: unknown;
  /** Idempotency-Key; by default one that nobody had. */
  readonly key?: string;
  /** Use-Purpose. */
  readonly purpose?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly file?: { readonly fileName: string; readonly mediaType: string; readonly bytes: Uint8Array };
}

export type Answered =
  | { readonly ok: true; readonly body: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * The whole office over a clock of its own: the same desks, routes and steps as the running product, without a server
 * before them and without a conductor behind. What is done here is judged, reviewed, drawn, sealed and logged as anything
 * that is done today.
 */
export class StoryOffice {
  readonly clock: StoryClock;
  readonly register: HeldRegister;
  readonly foundation: Foundation;
  readonly deps: DemonstrationDeps;
  readonly steps: WorkerActivities;
  /** The agency's own records, laid down before the agency sends its request. */
  readonly records: Map<string, unknown>;
  readonly today: () => Date;
  /** Seals and mandates of the units that act. */
  readonly units: UnitPreparation;
  readonly portal: PortalSwitch;
  readonly #ports: ApiPorts;
  readonly #principals = new Map<string, Principal>();
  readonly #close: () => Promise<void>;

  private constructor(parts: {
    readonly clock: StoryClock;
    readonly register: HeldRegister;
    readonly foundation: Foundation;
    readonly deps: DemonstrationDeps;
    readonly steps: WorkerActivities;
    readonly records: Map<string, unknown>;
    readonly today: () => Date;
    readonly units: UnitPreparation;
    readonly portal: PortalSwitch;
    readonly ports: ApiPorts;
    readonly close: () => Promise<void>;
  }) {
    this.clock = parts.clock;
    this.register = parts.register;
    this.foundation = parts.foundation;
    this.deps = parts.deps;
    this.steps = parts.steps;
    this.records = parts.records;
    this.today = parts.today;
    this.units = parts.units;
    this.portal = parts.portal;
    this.#ports = parts.ports;
    this.#close = parts.close;
  }

  static async open(options: StoryOfficeOptions): Promise<StoryOffice> {
    const { config, clock: todaysClock } = options.foundation;
    const clock = new StoryClock(todaysClock.now());
    const register = new HeldRegister({
      knex: connectKnex(config.database.appUrl, { poolMax: 3, applicationName: 'ecert-demonstration' }),
      today: () => todaysClock.now(),
    });
    const portal = await startPortalServer({
      host: '127.0.0.1',
      port: 0,
      folder: options.portalFolder,
      key: { keyId: 'ecert', secret: openSecrets(config.secretsDir, false).text('outside-portal') },
      proofKeyPkcs8: options.portalProofKey,
      now: () => clock.now(),
    });
    const foundation = pastFoundation(options.foundation, clock, register, portal);
    const records = new Map<string, unknown>();
    const agencyRecords: AgencyRecords = {
      fetch: async (_recordUrl, businessNumber) => {
        const record = records.get(businessNumber);
        if (record === AGENCY_DOWN) throw new Error('the agency does not answer');
        return record === undefined ? { kind: 'notFound' } : { kind: 'found', record };
      },
    };
    const producer = options.producer ?? (await openCertificateProducer(config));
    const { ports, close } = pastPorts(foundation, producer, agencyRecords);
    const portalSwitch = new PortalSwitch(openOutsideSystems(foundation).portal, portal.baseUrl);
    return new StoryOffice({
      clock,
      deps: options.deps,
      units: new UnitPreparation(options.deps),
      portal: portalSwitch,
      register,
      foundation,
      records,
      today: () => todaysClock.now(),
      steps: workerActivities(foundation, { agencyRecords, portal: portalSwitch }, producer),
      ports,
      close: async () => {
        await close();
        await portal.stop();
        await register.destroy();
      },
    });
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** Effect: the agency's own record server, where one runs, has the records of what was told, for those who ask it today. */
  async layDownRecords(): Promise<void> {
    const { agencyRecordsUrl } = this.foundation.config.outside;
    if (agencyRecordsUrl !== undefined) {
      for (const [businessNumber, record] of this.records) {
        if (record === AGENCY_DOWN) continue;
        await fetch(`${agencyRecordsUrl}/records/${encodeURIComponent(businessNumber)}`, {
          method: 'PUT',
          body: JSON.stringify(record),
        });
      }
    }
    this.records.clear();
  }

  /** A member of staff with the roles that he has by today's register, or a holder or a relying party of a demonstration account. */
  async person(username: string): Promise<Principal> {
    const known = this.#principals.get(username);
    if (known !== undefined) return known;
    const { register, integrity } = this.foundation;
    const now = this.today();
    const id = personId(username);
    const principal = await register.within(SEEDER, async (transaction): Promise<Principal> => {
      const row = await transaction<PersonRow>('person').where({ id }).first();
      if (row === undefined) throw new Error(`no demonstration account ${username}`);
      const { roles, scope } = await resolveScope(transaction, integrity, id, now);
      const named = { personId: id, displayName: row.display_name };
      if (roles.includes('holder') && row.holder_lookup !== null) {
        return { kind: 'holder', ...named, holderLookup: row.holder_lookup.toString('hex') };
      }
      if (roles.includes('relyingPartyUser')) {
        return { kind: 'relyingParty', ...named, authorityId: row.authority_id };
      }
      return { kind: 'person', ...named, authorityId: row.authority_id, roles, scope };
    });
    this.#principals.set(username, principal);
    return principal;
  }

  /** The demonstration agency's business system. */
  async agency(): Promise<Principal> {
    const known = this.#principals.get('/agency');
    if (known !== undefined) return known;
    const { register, cipher } = this.foundation;
    const found = await new PostgresAgencyKeys({ register, cipher, clock: { now: this.today } }).find(
      AGENCY_KEY_ID,
    );
    if (found === null) throw new Error('the demonstration agency has no key');
    this.#principals.set('/agency', found.principal);
    return found.principal;
  }

  /** Asks the product as its API is asked; out: what it answered, or its refusal. */
  async ask(principal: Principal, method: string, path: string, asking: Asking = {}): Promise<Answered> {
    const { route, params } = routeOf(method, path);
    const { endpoint } = route;
    const sent = sentTo(endpoint, asking);
    const query = endpoint.query?.parse(asking.query ?? {});
    const outcome = await route.run(
      { params: endpoint.params?.parse(params), query, body: sent },
      {
        ports: this.#ports,
        principal,
        traceId: randomBytes(16).toString('hex'),
        nowMs: this.clock.now().getTime(),
        method,
        path: `/api/v1${path}`,
        idempotencyKey: asking.key ?? randomBytes(12).toString('hex'),
        ifMatch: 0,
        waitMs: 0,
        usePurpose: asking.purpose ?? null,
        sessionToken: null,
        rawBody: Buffer.from(JSON.stringify(asking.body ?? null)),
        file: asking.file ?? { bytes: new Uint8Array(), fileName: '', mediaType: '' },
        wantsHtml: false,
        wantsPdf: false,
      },
    );
    if (!outcome.ok) return outcome;
    return { ok: true, body: outcome.value.kind === 'json' ? Object(outcome.value.body) : {} };
  }

  /** As {@link ask}, where a refusal is a mistake of the story. */
  async must(
    principal: Principal,
    method: string,
    path: string,
    asking: Asking = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const answered = await this.ask(principal, method, path, asking);
    if (answered.ok) return answered.body;
    throw new Error(`${method} ${path} was refused: ${JSON.stringify(answered.refusal)}`);
  }
}

/** The body as the router hands it over; one that the contract does not know is a mistake of the story. */
function sentTo({ body }: Route['endpoint'], asking: Asking): unknown {
  switch (body?.kind) {
    case undefined:
    case 'file':
      return undefined;
    case 'json':
      return body.schema.parse(asking.body);
    case 'jsonOrFile':
      return asking.file === undefined
        ? { sent: 'json', content: body.schema.parse(asking.body) }
        : { sent: 'form', content: body.form.parse(asking.body) };
  }
}

/** The record of a business whose agency is down at that moment. */
export const AGENCY_DOWN = Symbol('agency down');

interface PersonRow {
  readonly id: string;
  readonly display_name: string;
  readonly authority_id: string | null;
  readonly holder_lookup: Buffer | null;
}
