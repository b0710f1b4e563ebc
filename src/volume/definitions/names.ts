/** Names of objects as people write them. */

/** Quoted where it could be read as something else. */
function quoted(name: string): string {
  const shown = name.replace(/\p{Cc}/gu, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return /^[\p{L}\p{N}_$-]+$/u.test(shown) ? shown : `\`${shown.replaceAll('`', '``')}\``;
}

/** `ads.clicks` of database and name. */
export function objectName(parts: readonly string[]): string {
  return parts.map(quoted).join('.');
}

/** `app@%` of user and host; a role has no host. */
export function accountName(user: string, host: string): string {
  const name = user === '' ? "''" : quoted(user);
  return host === '' ? name : `${name}@${/^[\w.%:/-]+$/.test(host) ? host : quoted(host)}`;
}
