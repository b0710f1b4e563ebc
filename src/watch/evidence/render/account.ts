/** What CloudTrail says of retention that was changed in AWS itself. */
import { type Html, html } from '../../page/render/html.ts';
import type { Evidence } from '../document.ts';
import { moment } from './words.ts';

type Account = NonNullable<Evidence['account']>;

export function accountSection(account: Account | undefined): Html {
  if (account === undefined) return html``;
  return html`<section aria-labelledby="account"><h2 id="account">Retention changed in AWS</h2>${coverage(account)}${changes(account)}</section>`;
}

function coverage({ covered, regions }: Account): Html {
  if (covered === undefined)
    return html`<p>CloudTrail's event history could not be read for this period: whether anybody changed retention in AWS is not known.</p>`;
  return html`<p>CloudTrail's event history was read from ${moment(covered.from)} to ${moment(covered.until)}, in ${regions.join(', ')}. It has 90 days: of what was before, nothing is known. Changes that CloudFormation made are those of whoever changed the stack.</p>`;
}

function changes({ covered, changes: all }: Account): Html {
  if (covered === undefined) return html``;
  if (all.length === 0) return html`<p>No event that was read changed retention.</p>`;
  const rows = all.map(
    (one) =>
      html`<tr><th scope="row">${moment(one.at)}${one.calls > 1 && html`<br>to ${moment(one.last)}`}</th><td>${one.who}${one.own && html`<br><small>a run of Holdfast, by the name of its session</small>`}</td><td><code>${one.event}</code>${one.calls > 1 && `, ${one.calls} calls`}<br><small>${one.region}</small></td><td>${one.resources.join(', ')}</td><td>${one.refused !== undefined && html`refused: ${one.refused}<br>`}${one.detail}</td></tr>`,
  );
  const head = ['When', 'By', 'Call', 'On', 'What'];
  return html`<table><caption>Who changed retention in AWS, or tried to</caption><thead><tr>${head.map((one) => html`<th scope="col">${one}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`;
}
