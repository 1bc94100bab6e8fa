import { SEEDER } from '../demonstration-deps';
import type { StoryOffice } from './story-office';

type Standing = Awaited<ReturnType<StoryOffice['steps']['whereItStands']>>;

/** One step of the line takes about so long. */
const STEP_MS = 700;

/**
 * Conducts an issuance as its workflow would, at the story's instants, until it is closed or waits for people or a seal.
 * Out: the state in which it then is. Going on with a case that was broken off is the same call.
 */
export async function conductIssuance(office: StoryOffice, issuanceId: string): Promise<Standing['state']> {
  const { steps, clock } = office;
  let standing = await steps.admit(issuanceId);
  for (;;) {
    clock.advance(STEP_MS);
    switch (standing.state) {
      case 'received':
        standing = await steps.admit(issuanceId);
        break;
      case 'comparing':
        await steps.compare(issuanceId);
        standing = await steps.openReview(issuanceId);
        break;
      case 'approved':
        standing = await steps.prepare(issuanceId);
        break;
      case 'prepared':
        standing = await sealed(office, issuanceId);
        break;
      case 'sealed':
        standing = await steps.issue(issuanceId);
        break;
      case 'underReview': {
        standing = await steps.settleReview(issuanceId);
        if (standing.state === 'underReview') return standing.state;
        break;
      }
      case 'awaitingSeal':
      case 'sentBack':
      case 'issued':
      case 'refused':
      case 'withdrawn':
        return standing.state;
    }
  }
}

async function sealed(office: StoryOffice, issuanceId: string): Promise<Standing> {
  const standing = await office.steps.seal(issuanceId);
  return standing.state === 'prepared' ? office.steps.correspond(issuanceId) : standing;
}

/** The reviewer claims the open task of a case and decides it a while later. */
export async function review(
  office: StoryOffice,
  issuanceId: string,
  reviewer: string,
  decision: 'approve' | 'sendBack' | 'refuse',
  reason: string | null = null,
): Promise<void> {
  const taskId = await openTaskOf(office, issuanceId);
  if (taskId === null) return;
  const person = await office.person(reviewer);
  office.clock.advance(11 * 60_000);
  await office.must(person, 'POST', `/tasks/${taskId}/claim`);
  office.clock.advance(7 * 60_000);
  await office.must(person, 'POST', `/tasks/${taskId}/decide`, { body: { decision, reason } });
}

/** The task of a case that nobody has finished; null when there is none. */
export async function openTaskOf(office: StoryOffice, caseId: string): Promise<string | null> {
  const [task] = await office.register.statement<{ id: string }>(
    SEEDER,
    `SELECT id FROM task WHERE case_id = ? AND state IN ('open', 'claimed') ORDER BY id LIMIT 1`,
    [caseId],
  );
  return task?.id ?? null;
}

/** Hands every delivery of an issued case to the portal; out: their ids. */
export async function deliverAll(office: StoryOffice, issuanceId: string): Promise<readonly string[]> {
  const rows = await office.register.statement<{ id: string }>(
    SEEDER,
    `SELECT d.id FROM delivery d JOIN certificate_version v ON v.id = d.certificate_version_id
     WHERE v.issuance_id = ? ORDER BY d.holder_ordinal`,
    [issuanceId],
  );
  for (const { id } of rows) {
    office.clock.advance(STEP_MS);
    await office.steps.deliver(id);
  }
  return rows.map(({ id }) => id);
}
