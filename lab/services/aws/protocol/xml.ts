/** XML as AWS's query protocols answer it. */

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character] ?? character);
}

/**
 * An object as elements of the same names.
 * @param item element name of a list's members
 */
export function toXml(value: unknown, item: string): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((one) => `<${item}>${toXml(one, item)}</${item}>`).join('');
  if (typeof value === 'object') {
    return Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([name, one]) => `<${name}>${toXml(one, item)}</${name}>`)
      .join('');
  }
  return escapeXml(String(value));
}
