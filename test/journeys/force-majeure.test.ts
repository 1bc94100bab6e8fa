import { problemOf } from '../support/api-client';
import { eventually } from '../support/case-driver';
import { ForceMajeureDriver, freshKey, viewOf } from '../support/force-majeure-driver';
import { STORY_MS, withProduct } from '../support/with-product';

describe('a force-majeure event', () => {
  const { product } = withProduct();
  const driver = () => new ForceMajeureDriver(product());

  it(
    'is declared once per key, reported with a receipt in the time limit, and recognised by another person',
    async () => {
      const key = freshKey();
      const override = { occurredAt: driver().now(), knownAt: driver().now() };
      const declared = viewOf(await driver().declareAs('operator1', override, key), 201);
      expect(declared.state).toBe('declared');
      expect(Date.parse(declared.reportDueAt ?? '')).toBe(Date.parse(override.knownAt) + 4 * 3_600_000);
      expect(viewOf(await driver().declareAs('operator1', override, key), 200).id).toBe(declared.id);
      expect(problemOf(await driver().act('city', declared.id, 'recognise', { reason: '早' })).code).toBe(
        'transitionNotAllowed',
      );
      const task = await driver().task(declared.id, 'operator1');
      expect(task.kind).toBe('forceMajeureReport');
      const reported = await driver().acted('operator1', declared.id, 'report');
      expect(reported.receiptNumber).toMatch(/^不可抗力收〔2026〕\d+号$/);
      expect((await driver().task(declared.id, 'city')).kind).toBe('forceMajeureRecognition');
      expect(
        problemOf(await driver().act('operator1', declared.id, 'recognise', { reason: '我' })).status,
      ).toBe(403);
      const recognised = await driver().acted('city', declared.id, 'recognise', { reason: '情况属实' });
      expect(recognised.state).toBe('recognised');
      expect(recognised.statements.map(({ kind }) => kind)).toEqual(['recognised']);
      const rows = await driver().rows(`select key, state from deadline where case_id = $1 order by key`, [
        declared.id,
      ]);
      expect(rows).toEqual([
        { key: 'FORCE_MAJEURE_RECOGNITION', state: 'met' },
        { key: 'FORCE_MAJEURE_REPORT', state: 'met' },
      ]);
    },
    STORY_MS,
  );

  it(
    'reported by telephone is entered afterwards by the city, and counts as reported when the call came',
    async () => {
      const knownAt = new Date(product().clock.now().getTime() - 6 * 3_600_000).toISOString();
      const calledAt = new Date(Date.parse(knownAt) + 3_600_000).toISOString();
      const event = viewOf(
        await driver().declareAs('city', {
          occurredAt: knownAt,
          knownAt,
          telephoneReport: { calledAt, caller: '苏日娜', receivedBy: '其木格' },
        }),
        201,
      );
      expect(event).toMatchObject({ state: 'reported' });
      expect(problemOf(await driver().act('city', event.id, 'recognise', { reason: '属实' })).code).toBe(
        'secondPersonRequired',
      );
      const rows = await driver().rows(
        `select state from deadline where case_id = $1 and key = 'FORCE_MAJEURE_REPORT'`,
        [event.id],
      );
      expect(rows).toEqual([{ state: 'met' }]);
      const [stored] = await driver().rows<{ text: string }>(
        `select coalesce(string_agg(facts::text, ' '), '') as text from event where case_id = $1`,
        [event.id],
      );
      expect(stored?.text).not.toContain('苏日娜');
    },
    STORY_MS,
  );

  it(
    'tells the city when it is not reported in four hours, day and night',
    async () => {
      const knownAt = new Date(product().clock.now().getTime() - 5 * 3_600_000).toISOString();
      const { id } = await driver().declare({ occurredAt: knownAt, knownAt });
      await eventually(
        'the city is told',
        async () => {
          await product().conductor.tell('forceMajeureEvent', id);
          return driver().rows(`select title from notice where natural_key = $1`, [
            `forceMajeureEvent/${id}/reportLate/1/cityAdministrator`,
          ]);
        },
        (rows) => rows.length === 1,
      );
    },
    STORY_MS,
  );
});
