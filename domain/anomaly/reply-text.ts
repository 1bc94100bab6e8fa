import type { AnomalyConclusion } from './lifecycle';

export interface ReplyFacts {
  readonly certificateName: string;
  readonly certificateNumber: string;
  readonly fields: readonly string[];
  readonly conclusion: AnomalyConclusion;
  /** What the investigator found, in words for the objector. */
  readonly reason: string;
  /** Identifier of the version that came into force by the correction; null for any other conclusion. */
  readonly newIdentifier: string | null;
  /** Reference of the national channel for a case handed over; null for any other conclusion. */
  readonly handOverReference: string | null;
}

/**
 * Paragraphs of the 异常核查告知书 to an objector: what was disputed, what was found and why, and what he can do. It names
 * the disputed elements and never their values: it is read in other hands than the certificate. Art. 20:
 * 将处理结果告知异议申请人.
 */
export function replyParagraphs(facts: ReplyFacts): readonly string[] {
  const subject = `《${facts.certificateName}》(编号 ${facts.certificateNumber})的${facts.fields.map((field) => `“${field}”`).join('、')}`;
  return [
    `您(贵单位)就${subject}提出的异议，我单位已经处理。`,
    `处理结果：${conclusionInWords(facts)}`,
    `理由：${facts.reason}`,
    '对本结果仍有异议的，可以向本单位的主管部门反映，或者依法申请行政复议、提起行政诉讼。',
  ];
}

function conclusionInWords({ conclusion, newIdentifier, handOverReference }: ReplyFacts): string {
  switch (conclusion) {
    case 'inadmissible':
      return '不予受理。';
    case 'upheld':
      return '经核查，登记信息无误，予以维持。';
    case 'corrected':
      return `经核查，登记信息有误，已经更正${newIdentifier === null ? '' : `，新版本证照标识为 ${newIdentifier}`}；已通知使用过该信息的单位和人员。`;
    case 'certificateEnded':
      return '经核查，该证照不应存续，已依法终止；已通知使用过该信息的单位和人员。';
    case 'handedOver':
      return `该证照数据由外省(市)管理，已按国家有关规定移送核查${handOverReference === null ? '' : `，移送编号 ${handOverReference}`}。`;
  }
}
