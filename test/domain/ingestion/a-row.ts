import { ROAD_TRANSPORT_CERTIFICATE } from '../../../domain/catalog/built-in/road-transport-certificate';
import type { IncrementCells } from '../../../domain/ingestion/increment-columns';
import type { IncrementRowRules } from '../../../domain/ingestion/row-reading';
import { legalDate } from '../../../domain/shared/legal-date';

export const ROW_RULES: IncrementRowRules = {
  definition: ROAD_TRANSPORT_CERTIFICATE,
  authority: { name: '东胜区行政审批和政务服务局', creditCode: '11150602MB1234567X' },
  today: legalDate('2026-11-23'),
};

/** A row of 道路运输证 as a unit's own system writes it, with overrides; an empty text is a blank cell. */
export function aRow(overrides: IncrementCells = {}): IncrementCells {
  return {
    业务编号: '150602-2026-000901',
    道路运输证号: '150602000901',
    发证日期: '2026-11-23',
    有效期起: '2026-11-23',
    有效期止: '2030-11-22',
    持证主体名称: '鄂尔多斯市演示运输有限公司',
    持证主体代码: '91150602MA0DEM013X',
    地址: '东胜区演示街1号',
    车辆号牌: '蒙K·T0901',
    经营许可证号: '150602001234',
    车辆类型: '重型半挂牵引车',
    '吨(座)位': '40吨',
    经营范围: '道路普通货物运输',
    ...overrides,
  };
}
