/**
 * HTML that no text from outside can break out of: every value in a template is escaped, unless it is such a template itself.
 * Attributes are always quoted.
 */
import { plainText } from '../../../report/render/escape.ts';

export class Html {
  readonly text: string;

  /** @param text markup of our own; nothing from outside */
  constructor(text: string) {
    this.text = text;
  }
}

export type Value = Html | string | number | undefined | false | readonly Value[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escaped(text: string): string {
  return plainText(text).replace(/[&<>"']/g, (one) => entities[one] ?? '');
}

function rendered(value: Value): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value));
  return value.map(rendered).join('');
}

export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.reduce((all, part, at) => all + rendered(values[at - 1]) + part));
}

/** Addresses that a reader may follow. */
const followed = /^https?:\/\/[^\s<>"'`\\]+$/;

/** A link; the text alone when the address is not one that a reader may follow. */
export function link(url: string | undefined, text: string | Html): Html {
  return url !== undefined && followed.test(url) ? html`<a href="${url}">${text}</a>` : html`${text}`;
}
