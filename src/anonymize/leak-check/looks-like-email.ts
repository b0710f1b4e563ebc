/** Whether the texts on both sides of an at sign, without escapes, are those of an address. */

const unseen =
  /\u034f|[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|[\ufe00-\ufe0f]/g;
/** UTF-8 that was encoded a second time, as Latin-1 or Windows-1252, and perhaps turned into lower case: `AndrÃ©`. */
const twiceEncoded =
  /[\u00c3-\u00c5\u00ce-\u00d1](?:[\u0080-\u009f\u00a1-\u00bf]|[€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ])|\u00c3\u00a0|[\u00e3-\u00e5\u00ee-\u00f1][\u0080-\u009f\u00a1-\u00aa\u00ac-\u00ba\u00bc-\u00bf]/g;
const wordEnd = /(?:[\p{L}\p{M}\p{Nd}\p{Nl}_\ufffd]|\u200c|\u200d)[.\-_+!#$%*^~]*$/u;
/** RFC 5322: a comment, which may hold another one; and one behind a word. */
const comment = '\\((?:[^()"\\n]|\\([^()"\\n]{0,120}\\)){0,120}\\)';
const commented = new RegExp(`[\\p{L}\\p{N}]${comment}$`, 'u');
const comments = new RegExp(`^${comment}`);
const literal = /^\[[0-9A-Za-z.:-]*\d[0-9A-Za-z.:-]*\]/;
const dots = '[.\\u3002\\uff0e\\uff61\\u2024\\ufe52]';
/** Symbols are letters of a domain (`\u{1f43e}.ws`), but not those of keyboards, of which ranges of versions are made (`react@^16.x`). */
const character =
  '(?:[\\p{L}\\p{M}\\p{Nd}\\p{Nl}\\xa9\\xae\\ufffd\\u200c\\u200d\\u2010\\u2011_-]|(?![\\0-\\xff\\u2150-\\u215f])[\\p{No}\\p{So}\\p{Sk}\\p{Sm}])';
const label = `(?![_\\u2010\\u2011-]+(?:${dots}|$))${character}+`;
const domainName = new RegExp(`^${label}(?:${dots}${label})+`, 'u');
/** Text of another script goes on without a blank (`a@b.jpg的`), hyphens and underscores end no name. */
const trailing = /(?<=^[a-z]{2,})(?:[^\0-\x7f]|_).*$|[-_]+$/isu;
const topLevel = /^[\p{L}\ufffd]/u;
const fileName = /^(?:png|jpe?g|gif|webp|svg|ico|bmp|tiff?|css|scss|m?js|json|xml|html?|txt|pdf|php)$/i;
const version = /^v?\d+(?:\.(?:\d+|x))*\.x$|^v?\d+\.\d+\.\d+-/i;
const remote = /(?:^|[^\p{L}\p{N}._-])(?:git|hg|svn)$/u;

/**
 * @param before what is before the sign, and `after` what is behind it
 * @returns the domain; undefined where this is no address
 */
export function domainOf(before: string, after: string): string | undefined {
  const local = before.replaceAll(twiceEncoded, 'é').replaceAll(unseen, '');
  if (!wordEnd.test(local) && !isQuoted(local) && !commented.test(local)) return undefined;
  const rest = after.replace(comments, '').replaceAll(twiceEncoded, 'é').replaceAll(unseen, '');
  const address = literal.exec(rest)?.[0];
  if (address !== undefined) return address;
  const domain = namedDomain(rest);
  if (domain === undefined || (remote.test(local) && isRemote(local, rest.slice(domain.length)))) return undefined;
  return domain;
}

function namedDomain(text: string): string | undefined {
  const whole = domainName.exec(text)?.[0];
  if (whole === undefined) return undefined;
  const labels = whole.split(/[.\u3002\uff0e\uff61\u2024\ufe52]/);
  let count = labels.length;
  while (count > 1 && !topLevel.test(labels[count - 1] as string)) count -= 1;
  if (fileName.test((labels[count - 1] as string).replace(trailing, ''))) count -= 1;
  while (count > 1 && !topLevel.test(labels[count - 1] as string)) count -= 1;
  if (count < 2) return undefined;
  const domain = whole.slice(0, labels.slice(0, count).join('.').length);
  return version.test(domain) ? undefined : domain;
}

/** `git@host:group/name.git`, `ssh://git@host/name`. */
function isRemote(before: string, after: string): boolean {
  return /^:\S/.test(after) || /:\/\/\w+$/.test(before);
}

/** Ends in what opens a string itself: `{"a": "@b.example"}`. */
const opening = /[\s=:,;([{>]$/;
/** Quotes that are tried as the opening one. */
const mostQuotes = 4;

/** RFC 5322: ends in something in quotes, before which no word stands. */
function isQuoted(local: string): boolean {
  if (!local.endsWith('"')) return false;
  const inner = local.slice(0, -1);
  if (opening.test(inner)) return false;
  for (
    let nth = 0, at = inner.lastIndexOf('"');
    nth < mostQuotes && at >= 0;
    nth += 1, at = inner.lastIndexOf('"', at - 1)
  ) {
    const content = inner.slice(at + 1);
    if (/[\n\t]/.test(content)) return false;
    if (/[\p{L}\p{N}]/u.test(content) && !/[\p{L}\p{N}]$/u.test(inner.slice(0, at))) return true;
    if (at === 0) return false;
  }
  return false;
}
