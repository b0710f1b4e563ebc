/** XML as S3 reads and writes it. */
import { escapeXml } from '../protocol/xml.ts';

/** An element. @param text whether the content is text, which is escaped, and not XML */
export function xml(name: string, content: string, text = false): string {
  return `<${name}>${text ? escapeXml(content) : content}</${name}>`;
}

/** Contents of all elements of that name, which must not be nested. */
export function elements(source: string, name: string): string[] {
  return [...source.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))].map((match) => match[1] ?? '');
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The text of the first element of that name. */
export function element(source: string, name: string): string | undefined {
  return elements(source, name)[0]?.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, word) =>
    hex || decimal ? String.fromCodePoint(Number.parseInt(hex ?? decimal, hex ? 16 : 10)) : (entities[word] ?? whole),
  );
}
