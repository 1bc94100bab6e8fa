import type { z } from 'zod';
import type { Principal } from '../../domain/shared/principal';
import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import type { AccountWithPassword, PersonView } from '../../ports/accounts';
import { mayCall } from '../authenticate';
import {
  addPerson,
  disablePerson,
  enablePerson,
  endLeave,
  endRole,
  getPerson,
  grantRole,
  listPeople,
  type PERSON_ACTIONS,
  type personSchema,
  removeSecondFactor,
  resetPassword,
  setLeave,
} from '../contract/account';
import type { Outcome } from '../http/answer';
import { created, ok, refuse } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { idempotencyOf } from '../http/idempotency-of';
import { pageAnswer, pageRequest } from '../http/page-answer';
import type { Route } from '../http/route';
import { route } from '../http/route';

/** People and their accounts: a system administrator's work, apart from all business. */
export const accountRoutes: readonly Route[] = [
  route(listPeople, async ({ query }, { ports, principal, path }) =>
    pageAnswer(
      await ports.people.list(principal, query.authorityId ?? null, pageRequest(query)),
      (person) => showPerson(person, principal),
      path,
      query,
    ),
  ),

  route(addPerson, async ({ body }, call) =>
    withPassword(await call.ports.people.add(call.principal, body, idempotencyOf(call)), call.principal),
  ),

  route(getPerson, async ({ params }, { ports, principal }) => {
    const person = await ports.people.find(principal, params.id);
    return person === null ? refuse('notFound') : ok(showPerson(person, principal));
  }),

  route(disablePerson, async ({ params, body }, { ports, principal }) =>
    shown(await ports.people.disable(principal, params.id, body.reason), principal),
  ),

  route(enablePerson, async ({ params }, { ports, principal }) =>
    shown(await ports.people.enable(principal, params.id), principal),
  ),

  route(grantRole, async ({ params, body }, { ports, principal }) =>
    shown(await ports.roles.grant(principal, params.id, body), principal),
  ),

  route(endRole, async ({ params }, { ports, principal }) =>
    shown(await ports.roles.end(principal, params.id, params.assignmentId), principal),
  ),

  route(resetPassword, async ({ params }, call) =>
    withPassword(
      await call.ports.credentials.resetPassword(call.principal, params.id, idempotencyOf(call)),
      call.principal,
    ),
  ),

  route(removeSecondFactor, async ({ params, body }, { ports, principal }) =>
    shown(await ports.credentials.removeSecondFactor(principal, params.id, body.reason), principal),
  ),

  route(setLeave, async ({ params, body }, { ports, principal }) =>
    shown(await ports.leaves.set(principal, params.id, body), principal),
  ),

  route(endLeave, async ({ params }, { ports, principal }) =>
    shown(await ports.leaves.end(principal, params.id), principal),
  ),
];

function shown(result: Result<PersonView, Refusal>, principal: Principal): Outcome {
  return result.ok ? ok(showPerson(result.value, principal)) : result;
}

function withPassword(result: Result<AccountWithPassword, Refusal>, principal: Principal): Outcome {
  if (!result.ok) return result;
  const { person, oneTimePassword } = result.value;
  const { id, state } = person;
  const shownPerson = showPerson(person, principal);
  const { availableActions } = shownPerson;
  return created(
    { id, state, oneTimePassword, person: shownPerson, availableActions },
    `${API_ROOT}/people/${id}`,
  );
}

function showPerson(person: PersonView, principal: Principal): z.input<typeof personSchema> {
  const { account } = person;
  return {
    ...person,
    account: account === null ? null : { ...account, roles: [...account.roles] },
    availableActions: [...actionsOn(person, principal)],
  };
}

type PersonAction = (typeof PERSON_ACTIONS)[number];

/** What the caller may do with a person now; nobody administers himself. */
function actionsOn(person: PersonView, principal: Principal): readonly PersonAction[] {
  const isOwn = principal.kind === 'person' && principal.personId === person.id;
  const administers = mayCall(disablePerson.access, principal);
  const leave: PersonAction[] = isOwn || administers ? ['setLeave'] : [];
  if (leave.length > 0 && person.leave !== null) leave.push('endLeave');
  if (isOwn) return leave;
  const removes = person.account?.hasSecondFactor === true && mayCall(removeSecondFactor.access, principal);
  return [
    ...(administers ? administration(person) : []),
    ...(removes ? (['removeSecondFactor'] as const) : []),
    ...leave,
  ];
}

function administration({ state, account }: PersonView): readonly PersonAction[] {
  const endable: PersonAction[] = (account?.roles.length ?? 0) > 0 ? ['endRole'] : [];
  return [state === 'active' ? 'disable' : 'enable', 'grantRole', ...endable, 'resetPassword'];
}
