/** At signs of URLs and remotes that separate no local part from a domain. */

const slash = 0x2f;
const colon = 0x3a;
const backslash = 0x5c;

/** Whether `scheme://user:password` comes before the at sign: what follows is a host, not the domain of an address. */
export function isAfterPassword(bytes: Uint8Array, at: number, floor: number): boolean {
  if (bytes[at] !== 0x40) return false;
  let colons = 0;
  let last = 0;
  for (let index = at - 1; index >= floor; index -= 1) {
    const byte = bytes[index] as number;
    if (byte === backslash) continue;
    if (byte <= 0x20 || byte === 0x40 || byte === 0x22 || byte === 0x3f || byte === 0x23) return false;
    if (byte === colon && last !== slash) colons += 1;
    if (byte === slash) return colons > 0 && slashesEnd(bytes, index, floor);
    last = byte;
  }
  return false;
}

/** Whether `://` ends with the slash at `at`, also as JSON escapes it: `:\/\/`. */
function slashesEnd(bytes: Uint8Array, at: number, floor: number): boolean {
  let index = at - 1;
  while (index > floor && bytes[index] === backslash) index -= 1;
  if (bytes[index] !== slash) return false;
  index -= 1;
  while (index > floor && bytes[index] === backslash) index -= 1;
  return bytes[index] === colon;
}

/** Accounts that belong to nobody, under which servers offer repositories. */
const repositoryAccount = /^(?:git|hg|svn)$/;

/**
 * Whether this is where a repository is, and not an address: `git@host.example:group/name.git`, `ssh://git@host.example/name`.
 * @param local the local part; the whole is from `start` to `end`
 */
export function isRemote(local: Uint8Array, bytes: Uint8Array, start: number, end: number, to: number): boolean {
  if (local.length > 3 || !repositoryAccount.test(Buffer.from(local).toString('latin1'))) return false;
  const next = end < to ? (bytes[end] as number) : 0;
  if (next === colon) return end + 1 < to && (bytes[end + 1] as number) > 0x20;
  return bytes[start - 1] === slash && slashesEnd(bytes, start - 1, Math.max(0, start - 16));
}
