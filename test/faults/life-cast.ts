import { AgencyClient, type Json } from './agency-client';
import type { FaultStack } from './fault-stack';
import { InsistentPerson } from './insistent-person';
import { mustCome, type RegisterProbe } from './register-probe';

const STEP_MS = 420_000;
/** Far from the serials of issuances; only 道路运输证, which are not every fourth. */
const FIRST_SERIAL = 600_000;

/** The people and the agency of one run, what they know of the register, and how long they wait for it. */
export class LifeCast {
  readonly stack: FaultStack;
  readonly probe: RegisterProbe;
  readonly client: AgencyClient;
  readonly now: () => Date;
  readonly run: string;
  readonly firstSerial: number;
  readonly #people = new Map<string, InsistentPerson>();

  /** In: which run of this stack it is, so that serials and keys differ. */
  constructor(stack: FaultStack, probe: RegisterProbe, run: number, now: () => Date) {
    this.stack = stack;
    this.probe = probe;
    this.now = now;
    this.client = new AgencyClient(stack, undefined, () => Math.floor(now().getTime() / 1000));
    this.run = `life-${run}`;
    this.firstSerial = FIRST_SERIAL + 20_000 * run;
  }

  /** How often anybody had to try again. */
  retries(): number {
    return [...this.#people.values()].reduce((sum, person) => sum + person.retries, this.client.retries);
  }

  person(username: string): InsistentPerson {
    const person = this.#people.get(username) ?? new InsistentPerson(this.stack, username);
    this.#people.set(username, person);
    return person;
  }

  /** Submits, with the agency's own record, until it is issued and delivered. Out: the certificate's id. */
  async issued(body: Json): Promise<string> {
    await this.layDown(body);
    return this.delivers(await this.client.submit(body));
  }

  async delivers(issuanceId: string): Promise<string> {
    await this.comes(
      `issuance ${issuanceId} is issued and delivered`,
      async () => (await this.#open(issuanceId)) === 0,
    );
    const { id } = await this.row<{ id: string }>(
      'SELECT certificate_id AS id FROM certificate_version WHERE issuance_id = $1 AND issued_at IS NOT NULL',
      [issuanceId],
    );
    return id;
  }

  #open(issuanceId: string): Promise<number> {
    return this.probe.number(
      `SELECT count(*) FROM issuance i WHERE id = $1 AND (state <> 'issued' OR EXISTS (
         SELECT 1 FROM delivery d WHERE d.certificate_version_id = i.certificate_version_id AND d.state <> 'delivered'))`,
      [issuanceId],
    );
  }

  async row<Row extends object>(statement: string, values: readonly unknown[]): Promise<Row> {
    let found: Row | undefined;
    await this.comes(statement, async () => {
      [found] = await this.probe.rows<Row>(statement, values);
      return found !== undefined;
    });
    if (found === undefined) throw new Error(`nothing found by ${statement}`);
    return found;
  }

  async layDown(body: Json): Promise<void> {
    await this.comes('the record of the agency', async () => {
      await this.client.layDown(body);
      return true;
    });
  }

  async comes(what: string, holds: () => Promise<boolean>): Promise<void> {
    await mustCome(what, holds, STEP_MS, this.stack.interrupted);
  }
}
