/** Country calling codes (ITU-T E.164), and how many digits follow them. */

/**
 * From the metadata of libphonenumber (libphonenumber-js 1.13.16, possible lengths), without numbers of fewer than eight digits in
 * all. Of the code 1, only the length that the whole plan has.
 */
const lengths = new Map(
  `1:10 7:10,14 20:8-10 27:6-10 30:10-12 31:6-11 32:8-9 33:9 34:9 36:8-9 39:6-12 40:6,9 41:9,12 43:6-13 44:7,9-10 45:8 46:6-10,12
  47:8 48:6-10 49:6-15 51:8-9 52:10 53:6-8,10 54:10-11 55:8-11 56:9-11 57:8,10-11 58:10 60:8-10 61:6-10,12 62:7-17 63:6,8-13
  64:6-10 65:8,10-11 66:8-10,13 81:8-17 82:6,8-14 84:7-10 86:7-12 90:7,10,12-13 91:8-13 92:8-12 93:9 94:9 95:6-10 98:6-7,10 211:9
  212:9 213:8-9 216:8 218:9 220:7,9 221:9 222:8 223:8 224:8-9 225:10 226:8 227:8 228:8 229:10 230:7-8,10 231:7-9 232:8 233:8-9
  234:10-14 235:8 236:8 237:8-9 238:7 239:7 240:9 241:7-8 242:9 243:7-10 244:9 245:7,9 246:7 247:5-6 248:7 249:9 250:8-9 251:9
  252:6-9 253:8 254:7-10 255:9 256:9 257:8 258:8-9 260:9 261:9 262:9 263:7,9-10 264:8-9 265:7,9 266:8 267:7-8,10 268:8-9 269:7
  290:5 291:7 297:7 298:6 299:6 350:8 351:9 352:5-11 353:7-10 354:7,9 355:6-9 356:8 357:8 358:5-12 359:6-9,12 370:8 371:8
  372:7-8,10 373:8 374:8 375:6-11 376:6,8-9 377:8-9 378:8,10 380:9-10 381:6-12 382:8-9 383:8-12 385:7-9 386:5-8 387:8-9 389:8
  420:9-12 421:6-7,9 423:7,9 500:5 501:7,11 502:8,11 503:7-8,11 504:8,11 505:8 506:8,10 507:7-8,10-11 508:6,9 509:8 590:9 591:8-9
  592:7 593:8-11 594:9 595:6-11 596:9 597:6-7 598:5-13 599:7-8 670:7-8 672:6 673:7 674:7 675:7-8 676:5,7 677:5,7 678:5,7 679:7,11
  680:7 681:6,9 682:5 683:7 685:5-7,10 686:5,8 687:6 688:5-7 689:6,8-9 690:5-7 691:7 692:7 850:8,10 852:5-9,11 853:7-8 855:8-10
  856:8-10 880:6-10 886:7-11 960:7,10 961:7-8 962:8-9 963:8-9 964:8-10 965:7-8 966:9-10 967:7-9 968:7-9 970:8-10 971:5-12 972:7-12
  973:8 974:7-9,11 975:7-8 976:8-10 977:8,10-11 992:9 993:8 994:9 995:9 996:9-10 998:9 800:8 808:8 870:9,12 878:12 881:9-10
  882:7-12 883:8-12 888:11 979:9`
    .split(/\s+/)
    .map((entry) => {
      const [code = '', ranges = ''] = entry.split(':');
      return [code, ranges.split(',').flatMap(numbersIn)] as const;
    }),
);

function numbersIn(range: string): number[] {
  const [first = 0, last = first] = range.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

const longestCode = 3;

export function isCountryCode(digits: string): boolean {
  return lengths.has(digits);
}

/** Whether there may be such a number. @param digits with the country, without a plus */
export function isPossible(digits: string): boolean {
  for (let length = 1; length <= longestCode; length += 1) {
    const code = digits.slice(0, length);
    if (lengths.get(code)?.includes(digits.length - length) !== true) continue;
    // The North American plan has no areas that begin with 0 or 1.
    return code !== '1' || /^1[2-9]/.test(digits);
  }
  return false;
}
