import type { FontChain } from '../documents/fonts/font-chain';
import type { FaceContent } from '../documents/layout/face-content';
import type { LaidOutDocument } from '../documents/layout/laid-out-document';
import { layOut } from '../documents/layout/lay-out';
import { writeOfd } from '../documents/ofd/write-ofd';
import { DERIVED_NOTICE, writePdf } from '../documents/pdf/write-pdf';
import { box, field } from '../documents/templates/form-parts';
import { ROAD_TRANSPORT_CERTIFICATE } from '../documents/templates/road-transport-certificate';
import type { Template } from '../documents/templates/template';

const CREATED_AT = new Date('2026-11-23T08:00:00Z');

/** The built-in 道路运输证 with a fourteenth field. */
const TEMPLATE = benchTemplate();

function benchTemplate(): Template {
  const [page] = ROAD_TRANSPORT_CERTIFICATE.pages;
  if (page === undefined) throw new Error('the template has no page');
  const authority = field('核发机关', box(110, 234, 76, 9), { align: 'right' });
  return { ...ROAD_TRANSPORT_CERTIFICATE, pages: [{ ...page, fields: [...page.fields, authority] }] };
}

/** In: a number below a million. Out: a face whose digits differ from number to number: no two certificates are alike. */
export function benchFace(number: number): FaceContent {
  const digits = String(number).padStart(6, '0');
  const values: Record<string, string> = {
    道路运输证号: `鄂交运管字150602${digits}号`,
    业户名称: '鄂尔多斯市天骄物流有限责任公司',
    地址: '内蒙古自治区东胜区达拉特南路与准格尔街交汇处万正城写字楼',
    车辆号牌: `蒙K·T${digits.slice(2)}`,
    经营许可证号: `150602${digits}`,
    经济类型: '有限责任公司',
    车辆类型: '重型半挂牵引车',
    '吨(座)位': '40吨',
    车辆长宽高: '6960×2550×3900',
    经营范围: '道路普通货物运输；专用运输（集装箱、冷藏保鲜设备、罐式容器）；大型件（一类）',
    初领日期: '2021年3月5日',
    发证日期: '2026年11月23日',
    备注: '年度审验合格，下次检验应于到期前三十日内提出申请；随车携带。',
    核发机关: '伊金霍洛旗交通运输局',
  };
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/** Out: the bench face of that number, laid out; without code and watermark. */
export function layOutBenchFace(fonts: FontChain, number: number): LaidOutDocument {
  const face = benchFace(number);
  const outcome = layOut({ template: TEMPLATE, face, qrText: null, watermark: null, fonts });
  if (!outcome.ok) throw new Error(`the bench face was refused: ${outcome.refusal.code}`);
  return outcome.document;
}

/** Out: the bench face of that number as the product writes it, both files. */
export function renderBenchFace(
  fonts: FontChain,
  number: number,
): { readonly ofd: Uint8Array; readonly pdf: Uint8Array } {
  const document = layOutBenchFace(fonts, number);
  const metadata = { ZZMC: '道路运输证', ZZBH: `鄂交运管字150602${number}号`, ZZBFRQ: '20261123' };
  const docId = number.toString(16).padStart(32, '0');
  const title = '道路运输证';
  return {
    ofd: writeOfd(document, { docId, title, createdAt: CREATED_AT, customData: metadata, attachments: [] }),
    pdf: writePdf(document, { title, createdAt: CREATED_AT, metadata, derivedNotice: DERIVED_NOTICE }),
  };
}
