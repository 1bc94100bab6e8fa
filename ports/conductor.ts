/** The lifecycles that a workflow conducts; the workflow id is `<kind>/<id>`. */
export const CONDUCTED_KINDS = ['issuance', 'delivery'] as const;
export type ConductedKind = (typeof CONDUCTED_KINDS)[number];

/** What a running case can be told; it re-reads the register and decides for itself. */
export type CaseMessage =
  | { readonly name: 'decided'; readonly taskId: string }
  | { readonly name: 'withdrawn' }
  | { readonly name: 'resubmitted' }
  | { readonly name: 'sealsChanged' }
  | { readonly name: 'retry' };

/** Starts and tells workflows; starting one that runs is harmless, telling one that is gone is not an error. */
export interface Conductor {
  /** For a new case; one that ran to its end is not started again while Temporal remembers it. */
  start(kind: ConductedKind, id: string): Promise<void>;
  /** For an open case whose workflow may be gone (`npm run resume`): it goes on from the register at any state. */
  startAgain(kind: ConductedKind, id: string): Promise<void>;
  tell(kind: ConductedKind, id: string, message: CaseMessage): Promise<'told' | 'notRunning'>;
}
