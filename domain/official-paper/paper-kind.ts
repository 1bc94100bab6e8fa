/** Papers that the office gives to somebody and numbers (公文); each is written once and never changed. */
export const PAPER_KINDS = {
  deliveryReceipt: '电子证照送达回证',
  changeDecision: '电子证照变动告知书',
  anomalyReply: '异常核查告知书',
  anomalyRefusal: '异常核查不予受理告知书',
  anomalyHandOver: '异常核查跨省移交函',
  forceMajeureReport: '不可抗力情况报告',
  forceMajeureRecognition: '不可抗力认定意见',
  forceMajeureFinalReport: '不可抗力补办情况报告',
} as const satisfies Record<string, string>;

export type PaperKind = keyof typeof PAPER_KINDS;
export const PAPER_KIND_NAMES = Object.keys(PAPER_KINDS) as readonly PaperKind[];
