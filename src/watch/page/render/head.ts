/** The head of a page that loads nothing and runs nothing, and is shown to nobody who was not given it. */
import { createHash } from 'node:crypto';
import { Html, html } from './html.ts';

export interface Head {
  readonly title: string;
  /** The style sheet, which the policy knows by its hash. */
  readonly style: string;
  /** The schemes that the style sheet has. */
  readonly schemes: 'light' | 'light dark';
  /** A picture as `data:`, which only then is allowed. */
  readonly icon?: string | undefined;
}

/** Nothing is loaded, and no script runs, whatever the names of sources hold. */
export function headOf({ title, style, schemes, icon }: Head): Html {
  const hash = createHash('sha256').update(style).digest('base64');
  const images = icon === undefined ? '' : ' img-src data:;';
  const policy = `default-src 'none'; style-src 'sha256-${hash}';${images} base-uri 'none'; form-action 'none'`;
  const link =
    icon === undefined
      ? html``
      : html`<link rel="icon" href="${icon}">
`;
  return html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${schemes}">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
${link}<title>${title}</title>
<style>${new Html(style)}</style>
</head>`;
}
