import { Context } from '@temporalio/activity';

/** Far below the heartbeat timeout of the workflows, so that a busy moment is not taken for a death. */
const HEARTBEAT_EVERY_MS = 1_000;

type Activity = (...input: never[]) => Promise<unknown>;

/**
 * In: activities by name, and which of them may take long. Out: the same, where those send heartbeats while they run:
 * a killed worker is noticed by their absence within seconds, and a slow machine has all the time it needs.
 */
export function withHeartbeat<Activities extends object>(
  activities: Activities,
  long: readonly (keyof Activities)[],
): Activities {
  const wrapped = long.map((name) => [name, beating(activities[name] as Activity)] as const);
  return { ...activities, ...Object.fromEntries(wrapped) };
}

function beating(activity: Activity): Activity {
  return async (...input) => {
    const context = Context.current();
    const timer = setInterval(() => context.heartbeat(), HEARTBEAT_EVERY_MS);
    try {
      return await activity(...input);
    } finally {
      clearInterval(timer);
    }
  };
}
