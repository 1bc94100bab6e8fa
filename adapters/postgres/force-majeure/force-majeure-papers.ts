import { FORCE_MAJEURE_CAUSES } from '../../../domain/force-majeure/declaration';
import type { FinalReportFacts } from '../../../domain/force-majeure/final-report';
import { finalReportParagraphs } from '../../../domain/force-majeure/final-report';
import type { OfficialPaper } from '../official-paper/official-papers';
import { issueOfficialPaper } from '../official-paper/official-papers';
import { shanghaiText } from '../register/shanghai-text';
import type { ForceMajeureAct } from './force-majeure-act';
import type { ForceMajeureRow } from './force-majeure-row';
import { FORCE_MAJEURE_CASE, readContent } from './force-majeure-row';

const CITY = '市电子证照管理部门';

type Papered = Pick<ForceMajeureAct, 'transaction' | 'cipher' | 'row' | 'now'>;

/** The unit's report to the city (art. 10) as a numbered paper: ground and measures in the unit's words, kept encrypted. */
export async function issueReportPaper({ transaction, cipher, row, now }: Papered): Promise<OfficialPaper> {
  const { ground, emergencyMeasures } = readContent(cipher, row);
  return issueOfficialPaper(transaction, cipher, {
    ...paperOf(row, now),
    kind: 'forceMajeureReport',
    part: '1',
    addressee: { name: CITY },
    paragraphs: [
      `${row.number}：${FORCE_MAJEURE_CAUSES[row.cause]}，发生于 ${shanghaiText(row.occurred_at)}，知悉于 ${shanghaiText(row.known_at)}。`,
      `不能预见：${ground.unforeseeable}`,
      `不能避免：${ground.unavoidable}`,
      `不能克服：${ground.insurmountable}`,
      `应急措施：${emergencyMeasures}`,
    ],
  });
}

/** The city's answer as a numbered paper of the authority of whoever decided. */
export async function issueRecognitionPaper(
  { transaction, cipher, row, now, person }: Papered & Pick<ForceMajeureAct, 'person'>,
  decision: 'recognise' | 'reject',
  reason: string,
): Promise<OfficialPaper> {
  const unit = await transaction<{ id: string; name: string }>('authority')
    .where({ id: row.authority_id })
    .first('name');
  return issueOfficialPaper(transaction, cipher, {
    ...paperOf(row, now),
    authorityId: person.authorityId ?? row.authority_id,
    kind: 'forceMajeureRecognition',
    part: '1',
    addressee: { name: unit?.name ?? '' },
    paragraphs: [
      decision === 'recognise'
        ? `${row.number}予以认定，故障消除后三个工作日内补办全部受影响事项。`
        : `${row.number}不予认定，受影响事项按原时限办理。`,
      `理由：${reason}`,
    ],
  });
}

/** The final report as a numbered paper of the declaring unit, filed with the city. */
export function issueFinalReport(
  { transaction, cipher, row, now }: Papered,
  facts: Omit<FinalReportFacts, 'reportNumber'>,
): Promise<OfficialPaper> {
  return issueOfficialPaper(transaction, cipher, {
    ...paperOf(row, now),
    kind: 'forceMajeureFinalReport',
    part: '1',
    addressee: { name: CITY },
    paragraphs: finalReportParagraphs(facts),
  });
}

function paperOf(row: ForceMajeureRow, now: Date) {
  return {
    authorityId: row.authority_id,
    trade: row.trade,
    caseKind: FORCE_MAJEURE_CASE,
    caseId: row.id,
    now,
  };
}
