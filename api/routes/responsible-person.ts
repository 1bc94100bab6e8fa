import type { z } from 'zod';
import type { ResponsiblePersonView, VacancyView } from '../../ports/responsible-persons';
import type { responsiblePersonSchema, vacancySchema } from '../contract/responsible-person';
import {
  appointResponsiblePerson,
  fileResponsiblePerson,
  handOverResponsibility,
  listResponsiblePersons,
  listVacancies,
} from '../contract/responsible-person';
import { created, ok } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { idempotencyOf } from '../http/idempotency-of';
import { listAnswer, pageAnswer, pageRequest } from '../http/page-answer';
import type { Route } from '../http/route';
import { route } from '../http/route';

/** 专人专管 (art. 22). */
export const responsiblePersonRoutes: readonly Route[] = [
  route(listResponsiblePersons, async ({ query }, { ports, principal, path }) => {
    const { authorityId } = query;
    const filter = {
      ...(authorityId === undefined ? {} : { authorityId }),
      current: query.current === 'true',
    };
    const page = await ports.responsiblePersons.list(principal, filter, pageRequest(query));
    return pageAnswer(page, showPerson, path, query);
  }),

  route(listVacancies, async (_, { ports, principal }) =>
    listAnswer(await ports.responsiblePersons.vacancies(principal), showVacancy),
  ),

  route(appointResponsiblePerson, async ({ body }, call) => {
    const { ports, principal } = call;
    const done = await ports.responsiblePersons.appoint(principal, body, idempotencyOf(call));
    if (!done.ok) return done;
    const { person } = done.value;
    return created(showPerson(person), `${API_ROOT}/responsible-persons/${person.id}`);
  }),

  route(handOverResponsibility, async ({ params, body }, { ports, principal }) => {
    const done = await ports.responsiblePersons.handover(principal, params.id, body);
    return done.ok ? ok(showPerson(done.value)) : done;
  }),

  route(fileResponsiblePerson, async ({ params }, { ports, principal }) => {
    const done = await ports.responsiblePersons.file(principal, params.id);
    return done.ok ? ok(showPerson(done.value)) : done;
  }),
];

function showPerson({
  availableOperations,
  ...view
}: ResponsiblePersonView): z.input<typeof responsiblePersonSchema> {
  return { ...view, availableActions: [...availableOperations] };
}

function showVacancy({ coveredTrades, ...view }: VacancyView): z.input<typeof vacancySchema> {
  return {
    id: view.authorityId,
    state: 'vacant',
    ...view,
    coveredTrades: [...coveredTrades],
    availableActions: ['appoint'],
  };
}
