const STAR = '*';

/** 张三丰 → 张**; 娜仁·图雅 → 娜****. The first character stays, one star for each other. */
export function maskName(name: string): string {
  return keep(name, 1, 0);
}

/** 150699199001011234 → 150***********1234; short codes of other documents keep a quarter at each end at most. */
export function maskIdentityNumber(code: string): string {
  return [...code].length >= 15 ? keep(code, 3, 4) : keep(code, 1, 1);
}

/** 13812345678 → 138****5678; 0477-0012345 → 047*****2345. */
export function maskPhone(phone: string): string {
  return keep(phone, 3, 4);
}

/** Keeps a place up to 区, 旗, 县 or 市 and hides the rest; an address without any of these keeps two characters. */
export function maskAddress(address: string): string {
  const place = /^.{1,14}?[区旗县](?!域)/u.exec(address)?.[0] ?? /^.{1,9}?市/u.exec(address)?.[0] ?? '';
  return keep(address, Math.max([...place].length, 2), 0);
}

/** Nothing but stars, always eight, so that the length says nothing either. */
export function maskWhole(): string {
  return STAR.repeat(8);
}

/** Shows both ends only where at least a third stays hidden; a short text shows at most its first character. */
function keep(text: string, first: number, last: number): string {
  const characters = [...text];
  const fits = (first + last) * 3 <= characters.length * 2 || (last === 0 && characters.length > first);
  const head = fits ? first : Math.min(first, Math.floor(characters.length / 2), 1);
  const tail = fits ? last : 0;
  const hidden = Math.max(characters.length - head - tail, 1);
  return (
    characters.slice(0, head).join('') +
    STAR.repeat(hidden) +
    characters.slice(characters.length - tail).join('')
  );
}
