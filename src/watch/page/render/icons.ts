/** Signs that tell states apart by their shape, also without colour. */
import { Html, html } from './html.ts';
import type { Tone } from './words.ts';

const shapes: Readonly<Record<Tone, string>> = {
  // A filled disc with a tick, an octagon with a cross, a triangle with a stroke, a half-filled disc, a ring with a dot.
  good: '<circle cx="8" cy="8" r="8"/><path class="on" d="M4.4 8.3l2.5 2.5 4.8-5.3"/>',
  bad: '<path d="M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7z"/><path class="on" d="M5 5l6 6m0-6l-6 6"/>',
  late: '<path d="M8 .6L16 15.4H0z"/><path class="on" d="M8 6v4.2M8 12.3v1"/>',
  half: '<circle cx="8" cy="8" r="7" class="ring"/><path d="M8 1a7 7 0 0 0 0 14z"/>',
  calm: '<circle cx="8" cy="8" r="7" class="ring"/><circle cx="8" cy="8" r="2.2"/>',
};

/** To stand once in the page, before the first `icon`. */
export function iconDefinitions(): Html {
  const symbols = Object.entries(shapes).map(
    ([tone, shape]) => html`<symbol id="i-${tone}" viewBox="0 0 16 16">${new Html(shape)}</symbol>`,
  );
  return html`<svg class="defs" aria-hidden="true">${symbols}</svg>`;
}

/** Beside words that say the same. */
export function icon(tone: Tone): Html {
  return html`<svg class="i ${tone}" aria-hidden="true"><use href="#i-${tone}"/></svg>`;
}

/** Of the page's tab in a browser. */
export function favicon(tone: Tone): string {
  const colour = { good: '#1a7f4b', bad: '#b3261e', late: '#9a5b00', half: '#3d6494', calm: '#59636e' }[tone];
  const styled = (shapes[tone] ?? '')
    .replaceAll('class="on"', 'fill="none" stroke="#fff" stroke-width="2"')
    .replaceAll('class="ring"', `fill="none" stroke="${colour}" stroke-width="2"`);
  return `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="${colour}">${styled}</svg>`,
  )}`;
}
