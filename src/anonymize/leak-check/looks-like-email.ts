/** Whether the texts on both sides of an at sign, without escapes, are those of an address. */

const unseen =
  /\u034f|[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|[\ufe00-\ufe0f]/g;
const wordEnd = /(?:[\p{L}\p{M}\p{Nd}\p{Nl}_\ufffd]|\u200c|\u200d)[.\-_+!#$%*^~]*$/u;
/** RFC 5322: a comment behind a word. */
const commented = /[\p{L}\p{N}]\([^()"\n]{0,120}\)$/u;
const literal = /^\[[0-9A-Za-z.:-]*\d[0-9A-Za-z.:-]*\]/;
const label = '[\\p{L}\\p{M}\\p{N}\\p{So}\\p{Sk}\\p{Sm}\\ufffd\\u200c\\u200d_-]';
const domainName = new RegExp(`^${label}+(?:[.\\u3002\\uff0e\\uff61\\u2024\\ufe52]${label}+)+`, 'u');
const topLevel = /^[\p{L}\ufffd]/u;
const fileName = /^(?:png|jpe?g|gif|webp|svg|ico|bmp|tiff?|css|scss|m?js|json|xml|html?|txt|pdf|php)$/i;
const version = /^v?\d+(?:\.(?:\d+|x))*\.x$|^v?\d+\.\d+\.\d+-/i;
const remote = /(?:^|[^\p{L}\p{N}._-])(?:git|hg|svn)$/u;

/**
 * @param before what is before the sign, and `after` what is behind it
 * @returns the domain; undefined where this is no address
 */
export function domainOf(before: string, after: string): string | undefined {
  const local = before.replaceAll(unseen, '');
  if (!wordEnd.test(local) && !isQuoted(local) && !commented.test(local)) return undefined;
  const rest = after.replace(/^\([^()"\n]{0,120}\)/, '').replaceAll(unseen, '');
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
  if (fileName.test(labels[count - 1] as string)) count -= 1;
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
