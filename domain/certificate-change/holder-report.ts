/** What may become of a holder that other certificates have to follow (art. 8: data are kept up to date). */
export const HOLDER_REPORT_KINDS = {
  renamed: '持证主体名称已变更',
  dead: '持证主体已死亡',
  dissolved: '持证主体已终止',
} as const satisfies Record<string, string>;
export type HolderReportKind = keyof typeof HOLDER_REPORT_KINDS;
