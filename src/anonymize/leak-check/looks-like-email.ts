/** Whether the texts on both sides of an at sign, without escapes, are those of an address. */

/** What is not seen, but the soft hyphen: spaces without width, marks of direction, variants of pictures. */
const unseenCharacter =
  '(?:\\u034f|[\\u061c\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u2069\\ufeff]|[\\ufe00-\\ufe0f])';
const unseen = new RegExp(`${unseenCharacter}|\\xad`, 'g');
/** UTF-8 that was encoded a second time, as Latin-1 or Windows-1252, and perhaps turned into lower case: `AndrÃ©`. */
const twiceEncoded =
  /[\u00c3-\u00c5\u00ce-\u00d1](?:[\u0080-\u009f\u00a1-\u00bf]|[€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ])|\u00c3\u00a0|[\u00e3-\u00e5\u00ee-\u00f1][\u0080-\u009f\u00a1-\u00aa\u00ac-\u00ba\u00bc-\u00bf]/g;
/** What stands between words: punctuation and blanks of every script, and the signs of keyboards. */
const between =
  '\\0-,/:-@[-^`{-\\xa8\\xab\\xac\\xaf-\\xb4\\xb6-\\xb9\\xbb-\\xbf\\xd7\\xf7\\u037e\\u0387\\u0589\\u060c\\u061b\\u061f\\u06d4\\u0964\\u0965\\u2000-\\u200b\\u200e\\u200f\\u2012-\\u206f\\u2150-\\u215f\\u2e00-\\u2e2e\\u2e30-\\u2e7f\\u3000-\\u3004\\u3008-\\u3020\\u3030\\u30fb\\ufe52\\ufffc\\uff01-\\uff0c\\uff0e\\uff0f\\uff1a-\\uff20\\uff3b-\\uff3e\\uff40\\uff5b-\\uff65';
/** A picture right before the sign ends what comes before a mention. */
const pictures = '\\xa9\\xae\\u2190-\\u2bff\\u{1f000}-\\u{1faff}';
const otherDots = '\\u2024\\u3002\\ufe52\\uff0e\\uff61';
const hyphens = '_\\-\\u2010\\u2011\\uff0d\\uff3f';
const wordEnd = new RegExp(
  `(?:_|[^${between}.${pictures}${hyphens}]|\\uff3f)[.${otherDots}${hyphens}+!#$%*^~\\uff01\\uff03-\\uff05\\uff0a\\uff0b\\uff3e\\uff5e]*$`,
  'u',
);
/** RFC 5322: a comment, which may hold another one; and one behind a word. */
const comment = '\\((?:[^()"\\n]|\\([^()"\\n]{0,120}\\)){0,120}\\)';
const commented = new RegExp(`[\\p{L}\\p{N}]${comment}$`, 'u');
const comments = new RegExp(`^${comment}`);
const literal = /^\[(?=[^\]]*\d)[0-9A-Za-z.:-]{1,62}\]/;
/** Pictures and symbols are letters of a domain (`\u{1f43e}.ws`), but not those of keyboards, of which ranges of versions are made (`react@^16.x`). */
const character = `[^${between}.]`;
/** Dots inside of names: between two `l` of Catalan, and between letters of Japanese. */
const japanese = '[\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Han}\\u30fc]';
const innerDot = `(?<=[lL])\\xb7(?=[lL])|(?<=${japanese})\\u30fb(?=${japanese})`;
const label = `(?![${hyphens}]+(?:[.${otherDots}]|$))(?:${character}|${innerDot})+`;
/** Behind a full stop, the one of another script ends a sentence: `a@b.example。` */
const domainName = new RegExp(`^${label}(?:(?:[${otherDots}]${label})+(?:\\.${label})*|(?:\\.${label})+)`, 'u');
const anyDot = new RegExp(`[.${otherDots}]`);
const latin = 'A-Za-z\\xc0-\\u024f\\u0300-\\u036f\\u1e00-\\u1eff';
/** Text of another script goes on without a blank (`a@b.jpg的`), hyphens and underscores end no name. */
const trailing = new RegExp(
  `(?<=^(?:[${latin}]|\\ufffd(?=[${latin}])){2,})(?!\\ufffd[${latin}])(?:[^\\0-\\x7f${latin}]|_).*$|[-_]+$`,
  'su',
);
/** A character that is not seen ends the last name of a domain, as in `photo@home.png\u200b`. */
const unseenEnd = new RegExp(
  `(?<=\\.[${latin}]{2,})${unseenCharacter}(?!(?:${character}|${unseenCharacter}|\\xad)*\\.${character})`,
  'u',
);
const topLevel = new RegExp(`^[^${between}.${pictures}${hyphens}0-9]`, 'u');
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
  const written = after.replace(comments, '').replaceAll(twiceEncoded, 'é');
  const end = written.search(unseenEnd);
  const rest = (end < 0 ? written : written.slice(0, end)).replaceAll(unseen, '');
  const address = literal.exec(rest)?.[0];
  if (address !== undefined) return address;
  const domain = namedDomain(rest);
  if (domain === undefined || (remote.test(local) && isRemote(local, rest.slice(domain.length)))) return undefined;
  return domain;
}

function namedDomain(text: string): string | undefined {
  const whole = domainName.exec(text)?.[0];
  if (whole === undefined) return undefined;
  const labels = whole.split(anyDot);
  let count = labels.length;
  while (count > 1 && !topLevel.test(labels[count - 1] as string)) count -= 1;
  if (fileName.test((labels[count - 1] as string).replace(trailing, ''))) count -= 1;
  while (count > 1 && !topLevel.test(labels[count - 1] as string)) count -= 1;
  if (count < 2) return undefined;
  const end = labels.slice(0, count - 1).join('.').length + 1;
  const domain = whole.slice(0, end) + (labels[count - 1] as string).replace(trailing, '');
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
