/** A message without any file (mail is supplementary and never carries the certificate). */
export interface Mail {
  /** Deterministic Message-ID, so that a second sending is recognisable as the same mail. */
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface Mailer {
  send(mail: Mail): Promise<void>;
}
