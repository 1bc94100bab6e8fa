import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { Clock } from '../../../ports/clock';
import type { ConductedKind, Conductor } from '../../../ports/conductor';
import type { Register } from '../register/register';

const STARTER: SystemPrincipal = { kind: 'system', component: 'outbox' };
/** Well below the time after which the relay starts a case whose outbox row is not done. */
const FLUSH_MS = 250;

/** The outbox row that starts a case's workflow. */
export function startKey(kind: ConductedKind, id: string): string {
  return `startWorkflow/${kind}/${id}`;
}

/**
 * Starts workflows right after the commit that wanted them, so that nobody waits for the relay, and says so in their outbox
 * rows, many at a time. Whatever a crash leaves out the relay does: starting twice is harmless.
 */
export class PromptStarts {
  readonly #register: Register;
  readonly #conductor: Conductor;
  readonly #clock: Clock;
  readonly #reportFault: (fault: unknown) => void;
  #started: string[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(options: {
    readonly register: Register;
    readonly conductor: Conductor;
    readonly clock: Clock;
    readonly reportFault: (fault: unknown) => void;
  }) {
    this.#register = options.register;
    this.#conductor = options.conductor;
    this.#clock = options.clock;
    this.#reportFault = options.reportFault;
  }

  /** Effect: in the background the workflow starts; a fault is reported and costs only the relay's delay. */
  start(kind: ConductedKind, id: string): void {
    this.#conductor.start(kind, id).then(() => this.#remember(startKey(kind, id)), this.#reportFault);
  }

  /** Effect: what was started is marked done in the outbox. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const started = this.#started;
    if (started.length === 0) return;
    this.#started = [];
    await this.#register.statement(
      STARTER,
      'UPDATE outbox SET done_at = ?, leased_until = NULL WHERE dedupe_key = ANY (?::text[]) AND done_at IS NULL',
      [this.#clock.now(), started],
    );
  }

  #remember(key: string): void {
    this.#started.push(key);
    this.#timer ??= setTimeout(() => {
      this.flush().catch(this.#reportFault);
    }, FLUSH_MS);
  }
}
