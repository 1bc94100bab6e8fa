import type { WorkerActivities } from '../../main/worker-activities';

export type ActivityName = keyof WorkerActivities;

/** Lets a test hold the line at a step: a closed gate makes the activity fail, as a fault of its surroundings would. */
export class ActivityGates {
  readonly #closed = new Map<ActivityName, 'before' | 'after'>();
  readonly #hits = new Map<ActivityName, number>();

  /** `before`: nothing is done; `after`: everything is done, and the worker hears that it failed. */
  close(name: ActivityName, when: 'before' | 'after' = 'before'): void {
    this.#closed.set(name, when);
    this.#hits.set(name, 0);
  }

  open(): void {
    this.#closed.clear();
  }

  /** How often the gate was run into since it was closed. */
  hits(name: ActivityName): number {
    return this.#hits.get(name) ?? 0;
  }

  around(activities: WorkerActivities): WorkerActivities {
    const gated = <Answer>(
      name: ActivityName,
      work: (id: string) => Promise<Answer>,
    ): ((id: string) => Promise<Answer>) => {
      return async (id) => {
        if (this.#closed.get(name) === 'before') this.#refuse(name);
        const answer = await work(id);
        if (this.#closed.get(name) === 'after') this.#refuse(name);
        return answer;
      };
    };
    return {
      whereItStands: gated('whereItStands', activities.whereItStands),
      admit: gated('admit', activities.admit),
      compare: gated('compare', activities.compare),
      openReview: gated('openReview', activities.openReview),
      settleReview: gated('settleReview', activities.settleReview),
      confirmDeadline: gated('confirmDeadline', activities.confirmDeadline),
      prepare: gated('prepare', activities.prepare),
      seal: gated('seal', activities.seal),
      correspond: gated('correspond', activities.correspond),
      issue: gated('issue', activities.issue),
      settleAnomalyCase: gated('settleAnomalyCase', activities.settleAnomalyCase),
      settleCertificateChange: gated('settleCertificateChange', activities.settleCertificateChange),
      settleForceMajeureEvent: gated('settleForceMajeureEvent', activities.settleForceMajeureEvent),
      deliver: gated('deliver', activities.deliver),
      settleDelivery: gated('settleDelivery', activities.settleDelivery),
    };
  }

  #refuse(name: ActivityName): never {
    this.#hits.set(name, this.hits(name) + 1);
    throw new Error(`the gate at ${name} is closed`);
  }
}
