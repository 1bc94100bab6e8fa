/** A message to an agency system about one of its cases; ids and states, never a face or a name. */
export interface Webhook {
  /** Natural key: the same message has the same id at every attempt, so that the receiver can drop repetitions. */
  readonly webhookId: string;
  /** As the agency asked for it; refused when its host is not registered for the agency. */
  readonly callbackUrl: string;
  readonly registeredHosts: readonly string[];
  /** The agency's own webhook secret, `whsec_` and base64; two while it is being rotated. */
  readonly secrets: readonly string[];
  readonly payload: Readonly<Record<string, unknown>>;
}

export type WebhookOutcome =
  | { readonly kind: 'taken' }
  /** 410: the receiver wants no more of them. */
  | { readonly kind: 'gone' }
  /** Never to be tried again as it stands. */
  | { readonly kind: 'refused'; readonly reason: 'addressIllFormed' | 'hostNotRegistered' | 'secretMissing' };

/** Standard Webhooks 1.0; faults (no answer, another status than 2xx, an address that may not be reached) are thrown and tried again. */
export interface WebhookSender {
  send(webhook: Webhook): Promise<WebhookOutcome>;
}
