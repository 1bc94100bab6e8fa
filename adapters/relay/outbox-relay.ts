import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../ports/clock';
import type { ConductedKind, Conductor } from '../../ports/conductor';
import { CONDUCTED_KINDS } from '../../ports/conductor';
import type { Mailer } from '../../ports/mailer';
import type { Outbox, OutboxItem } from '../../ports/outbox';
import type { MailRecipient, OutgoingLedger } from '../../ports/outgoing-ledger';
import type { UpReportChannel } from '../../ports/up-report-channel';
import type { WebhookSender } from '../../ports/webhook-sender';

export interface OutboxRelayOptions {
  readonly outbox: Outbox;
  readonly outgoing: OutgoingLedger;
  readonly conductor: Conductor;
  readonly mailer: Mailer;
  readonly upReports: UpReportChannel;
  readonly webhooks: WebhookSender;
  readonly clock: Clock;
  readonly mailMessageId: (naturalKey: string) => string;
  readonly reportFault: (fault: unknown, item: OutboxItem | null) => void;
}

const BATCH = 40;
const LEASE_MS = 30_000;
const IDLE_MS = 200;
const FIRST_RETRY_MS = 500;
/** A peer that is well again gets its work within a minute, so the last pause before must be well below. */
const LONGEST_RETRY_MS = 30_000;

/**
 * Does what committed transactions want done outside: starts and tells workflows, sends reports, mails, webhooks.
 * Several run side by side; an item is done at least once, and each receiver tells repetitions by a natural key.
 */
export class OutboxRelay {
  readonly #options: OutboxRelayOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;

  constructor(options: OutboxRelayOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Finishes the items in hand, then answers. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Does one batch of due items; answers how many there were. */
  async runOnce(): Promise<number> {
    const items = await this.#options.outbox.lease(BATCH, LEASE_MS);
    const settled = await Promise.all(items.map((item) => this.#handle(item)));
    await this.#options.outbox.done(items.filter((_, index) => settled[index] === true).map(({ id }) => id));
    return items.length;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const handled = await this.runOnce();
        if (handled < BATCH) await delay(IDLE_MS, undefined, { signal }).catch(() => undefined);
      } catch (fault) {
        this.#options.reportFault(fault, null);
        await delay(FIRST_RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #handle(item: OutboxItem): Promise<boolean> {
    try {
      await this.#dispatch(item);
      return true;
    } catch (fault) {
      this.#options.reportFault(fault, item);
      const waitMs = Math.min(FIRST_RETRY_MS * 2 ** Math.min(item.attempts, 10), LONGEST_RETRY_MS);
      const reason = fault instanceof Error ? fault.message : 'unknown fault';
      await this.#options.outbox.failed(
        item.id,
        reason,
        new Date(this.#options.clock.now().getTime() + waitMs),
      );
      return false;
    }
  }

  async #dispatch(item: OutboxItem): Promise<void> {
    const { payload } = item;
    switch (item.topic) {
      case 'startWorkflow':
        return this.#options.conductor.start(kindOf(payload), textOf(payload, 'id'));
      case 'signalWorkflow':
        return this.#tell(kindOf(payload), textOf(payload, 'id'));
      case 'upReport':
        return this.#upReport(textOf(payload, 'upReportId'));
      case 'mail':
        return this.#mail(item);
      case 'webhook':
        return this.#webhook(item);
    }
  }

  /** A case that is open in the register but gone from Temporal goes on from its row. */
  async #tell(kind: ConductedKind, id: string): Promise<void> {
    const outcome = await this.#options.conductor.tell(kind, id);
    if (outcome === 'notRunning') await this.#options.conductor.startAgain(kind, id);
  }

  async #upReport(upReportId: string): Promise<void> {
    const report = await this.#options.outgoing.upReport(upReportId);
    if (report === null) return;
    await this.#options.outgoing.recordUpReport(upReportId, await this.#options.upReports.send(report));
  }

  async #mail(item: OutboxItem): Promise<void> {
    const to = await this.#options.outgoing.mailAddress(item.payload['recipient'] as MailRecipient);
    if (to === null) return;
    await this.#options.mailer.send({
      messageId: this.#options.mailMessageId(item.id),
      to,
      subject: textOf(item.payload, 'subject'),
      text: textOf(item.payload, 'text'),
    });
  }

  async #webhook(item: OutboxItem): Promise<void> {
    const webhook = await this.#options.outgoing.webhook(textOf(item.payload, 'agencySystemId'), {
      webhookId: item.id,
      callbackUrl: textOf(item.payload, 'url'),
      payload: { type: item.payload['type'], data: item.payload['data'] },
    });
    if (webhook !== null) await this.#options.webhooks.send(webhook);
  }
}

function kindOf(payload: OutboxItem['payload']): ConductedKind {
  const kind = CONDUCTED_KINDS.find((candidate) => candidate === payload['kind']);
  if (kind === undefined) throw new TypeError('an outbox item names no lifecycle');
  return kind;
}

function textOf(payload: OutboxItem['payload'], name: string): string {
  const value = payload[name];
  if (typeof value !== 'string') throw new TypeError(`an outbox item lacks ${name}`);
  return value;
}
