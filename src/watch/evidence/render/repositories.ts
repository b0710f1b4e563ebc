/** Retention and runs, as the repositories' own records say. */
import { type Html, html, link } from '../../page/render/html.ts';
import type { Evidence } from '../document.ts';
import { moment } from './words.ts';

type Repository = Evidence['repositories'][number];

export function repositories(all: readonly Repository[]): Html {
  return html`${all.map(
    (one, at) =>
      html`<section aria-labelledby="r${at + 1}"><h2 id="r${at + 1}">Retention and runs: ${one.repository}</h2>${retention(one)}${changes(one)}${runs(one)}</section>`,
  )}`;
}

function table(caption: string, head: readonly string[], rows: readonly Html[]): Html {
  return html`<table><caption>${caption}</caption><thead><tr>${head.map((one) => html`<th scope="col">${one}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`;
}

function retention({ retention: settings }: Repository): Html {
  if (settings.length === 0)
    return html`<p>No workflow file that was read sets how long backups are kept: the defaults of the actions, variables and tags count.</p>`;
  const rows = settings.map(
    ({ workflow, place, setting, value }) =>
      html`<tr><th scope="row">${workflow}</th><td>${place}</td><td><code>${setting}</code></td><td><code>${value}</code></td></tr>`,
  );
  return table('Retention at the end of the period, as workflow files set it', ['File', 'Job', 'Input', 'Value'], rows);
}

function changes({ changes: all }: Repository): Html {
  if (all.length === 0) return html`<p>No commit of the period that was read changed it.</p>`;
  const rows = all.map(
    (one) =>
      html`<tr><th scope="row">${moment(one.at)}</th><td>${one.author}</td><td>${one.workflow}, ${one.place}: <code>${one.setting}</code></td><td>${one.before ?? 'not set'}</td><td>${one.after ?? 'not set'}</td><td>${link(one.url, one.commit.slice(0, 12))}</td></tr>`,
  );
  return table('Who changed retention', ['Committed', 'By', 'What', 'Before', 'After', 'Commit'], rows);
}

function runs({ runs: all }: Repository): Html {
  if (all.length === 0) return html``;
  const rows = all.map(
    ({ workflow, total, succeeded, failed }) =>
      html`<tr><th scope="row">${workflow}</th><td>${total}</td><td>${succeeded}</td><td>${failed}</td></tr>`,
  );
  return table('Runs of the period, as GitHub lists them', ['File', 'Runs', 'Succeeded', 'Failed'], rows);
}
