import type { CounterReceiver, DeliveredHolder } from '../../../domain/delivery/counter-pickup';
import { checkPickup, isMinor } from '../../../domain/delivery/counter-pickup';
import { legalDate } from '../../../domain/shared/legal-date';

const TODAY = legalDate('2026-11-23');
const HOLDER: DeliveredHolder = {
  kind: 'person',
  name: '阿拉腾其其格',
  code: '150699198503120121',
  bornOn: legalDate('1985-03-12'),
};
const HIMSELF: CounterReceiver = {
  kind: 'holder',
  name: '阿拉腾其其格',
  code: '150699198503120121',
  authorisationAttachmentId: null,
};

function pointerOf(receiver: CounterReceiver, holder: DeliveredHolder = HOLDER): string | null {
  const checked = checkPickup(receiver, holder, TODAY);
  return checked.ok ? null : checked.refusal.pointer;
}

describe('handing a certificate over at the counter', () => {
  it('is possible to the holder whose name and code are the certificate’s', () => {
    expect(pointerOf(HIMSELF)).toBeNull();
  });

  it.each([{ name: '阿拉腾花' }, { code: '150699198503120148' }])('is refused to %p', (other) => {
    expect(pointerOf({ ...HIMSELF, ...other })).toBe('/receiver');
  });

  it.each(['agent', 'guardian'] as const)('to an %s needs the paper that says so', (kind) => {
    const other = { ...HIMSELF, kind, name: '乌云' };
    expect(pointerOf(other)).toBe('/receiver/authorisationAttachmentId');
    expect(pointerOf({ ...other, authorisationAttachmentId: 'a' })).toBeNull();
  });

  it('of a minor needs the guardian, until the eighteenth birthday', () => {
    const minor = { ...HOLDER, bornOn: legalDate('2008-11-24') };
    expect(pointerOf(HIMSELF, minor)).toBe('/receiver/kind');
    expect(pointerOf({ ...HIMSELF, kind: 'guardian', authorisationAttachmentId: 'a' }, minor)).toBeNull();
    expect(isMinor(legalDate('2008-11-23'), TODAY)).toBe(false);
    expect(isMinor(legalDate('2008-11-24'), TODAY)).toBe(true);
    expect(isMinor(legalDate('2008-02-29'), legalDate('2026-02-28'))).toBe(true);
  });

  it('of an organisation needs somebody it sends', () => {
    expect(pointerOf(HIMSELF, { ...HOLDER, kind: 'organisation', bornOn: null })).toBe('/receiver/kind');
  });
});
