import type { CatalogDefinition } from '../../../domain/catalog/catalog-entry';
import { type LegalDate, legalDateAt } from '../../../domain/shared/legal-date';
import { openDemonstrationAuthority } from '../demonstration-authority';
import { SEEDER } from '../demonstration-deps';
import { DONGSHENG_BUREAU, demonstrationUnit } from '../demonstration-units';
import { grantMandate } from '../seed-mandates';
import { sealId, seedSeals } from '../seed-seals';
import { SCENARIO_INDEX } from './certificate-plan';
import type { Chapter } from './chapters';
import { staffOf } from './city-staff';
import { layIssuance } from './lay-issuance';
import { atHour, workingDaysBefore } from './office-days';
import { TYPES } from './planned-issuance';
import type { StoryOffice } from './story-office';

const HEALTH = 'city-health';
const MARKET = 'city-market';

/** 食品经营许可证 has a second version since the summer; it comes before the stock, which is issued under both. */
export function catalogChapters(today: LegalDate): readonly Chapter[] {
  return [
    {
      key: 'catalog/food',
      tell: (office) =>
        publishNext(
          office,
          TYPES.food,
          staffOf(MARKET, 'keeper'),
          workingDaysBefore(today, 120),
          (definition) => ({
            ...definition,
            faceSchema: definition.faceSchema.map((field) =>
              field.kind === 'text' && field.name === '经营项目' ? { ...field, maxLength: 800 } : field,
            ),
          }),
        ),
    },
  ];
}

/** The last of the issuances: from today on the type needs the seal of the city's health commission as well. */
export function jointIssueChapters(): readonly Chapter[] {
  return [{ key: 'issuance/joint', tell: tellJointIssue }];
}

/** The approval bureau has sealed; the second organ's seal is stopped for its renewal. */
async function tellJointIssue(office: StoryOffice): Promise<void> {
  const now = office.today();
  const decidedOn = legalDateAt(now.getTime());
  const unit = demonstrationUnit(HEALTH);
  const seal = {
    unitKey: HEALTH,
    kind: 'official',
    ringText: unit.name,
    centreText: null,
    name: `${unit.name}公章`,
  } as const;
  const authority = await openDemonstrationAuthority(office.deps.keyStore, now);
  await seedSeals(office.deps, authority, [seal]);
  await office.deps.register.within(SEEDER, (transaction) =>
    grantMandate(transaction, office.deps, {
      sealKey: sealId(seal),
      catalogCode: TYPES.hygiene,
      unitKey: DONGSHENG_BUREAU,
      keeper: staffOf(HEALTH, 'keeper'),
    }),
  );
  await publishNext(office, TYPES.hygiene, staffOf(HEALTH, 'keeper'), decidedOn, (definition) => ({
    ...definition,
    requiredSeals: [
      ...definition.requiredSeals.slice(0, 1),
      { ordinal: 2, organ: unit.creditCode, kind: 'official' },
    ],
  }));
  office.clock.moveTo(now);
  await office.ask(await office.person(staffOf(HEALTH, 'keeper')), 'POST', `/seals/${sealId(seal)}/stop`, {
    body: { reason: '印章换发期间停用' },
  });
  await layIssuance(office, {
    type: 'hygiene',
    unitKey: DONGSHENG_BUREAU,
    index: SCENARIO_INDEX + 90,
    decidedOn,
    decidedAt: new Date(Math.max(atHour(decidedOn, 0).getTime() + 1_000, now.getTime() - 45 * 60_000)),
  });
}

/** The next version of a type goes its way: drafted by the department, approved and published by the city. */
async function publishNext(
  office: StoryOffice,
  code: string,
  author: string,
  on: LegalDate,
  change: (definition: CatalogDefinition) => CatalogDefinition,
): Promise<void> {
  const versions = await office.register.statement<{ version: number; definition: CatalogDefinition }>(
    SEEDER,
    `SELECT v.version, v.definition FROM catalog_entry_version v JOIN catalog_entry e ON e.id = v.catalog_entry_id
     WHERE e.code = ? AND v.state IN ('published', 'superseded') ORDER BY v.version DESC`,
    [code],
  );
  const [newest] = versions;
  if (newest === undefined) throw new Error(`the type ${code} is not published`);
  if (versions.length > 1) return;
  const department = await office.person(author);
  const city = await office.person('city');
  office.clock.moveTo(new Date(Math.min(atHour(on, 9).getTime(), office.today().getTime() - 60_000)));
  const drafted = await office.must(department, 'POST', '/catalog', {
    key: `demonstration/catalog/${code}`,
    body: change(newest.definition),
  });
  const path = `/catalog/${String(drafted['catalogEntryId'])}/versions/${String(drafted['id'])}`;
  office.clock.advance(1_000);
  await office.must(department, 'POST', `${path}/submit`);
  office.clock.advance(1_000);
  await office.must(city, 'POST', `${path}/approve`);
  office.clock.advance(1_000);
  await office.must(city, 'POST', `${path}/publish`, { body: { effectiveFrom: on } });
}
