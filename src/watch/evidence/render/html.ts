/** evidence.html: readable alone and on paper, loads nothing, runs nothing. */
import { plural } from '../../../runtime/format.ts';
import { headOf } from '../../page/render/head.ts';
import { type Html, html, link } from '../../page/render/html.ts';
import { kindWords } from '../../page/render/words.ts';
import type { Evidence, EvidenceSource } from '../document.ts';
import { accountSection } from './account.ts';
import { repositories } from './repositories.ts';
import { sourceSection } from './source.ts';
import { style } from './style.ts';
import { length, moment } from './words.ts';

export function renderEvidence(evidence: Evidence): string {
  const { period, control } = evidence;
  const title = `Evidence of backups, ${period.from} to ${period.to}`;
  const page = html`<!doctype html>
<html lang="en">
${headOf({ title, style, schemes: 'light' })}
<body>
<a class="skip" href="#sources">Skip to the sources</a>
<header><h1>${title}</h1>
<p>For ${control.standard}, Annex A ${control.annexA}, ${control.title}. ${plural(evidence.sources.length, 'source')}, from the receipts of <code>${evidence.receiptBucket}</code>.</p>
<p><small>Made by ${evidence.madeBy} on ${moment(evidence.madeAt)}${evidence.run !== undefined && html`, by ${link(evidence.run, 'this run')}`}. Days and times are UTC. The same as data is in evidence.json; manifest.json has the SHA-256 of both.</small></p></header>
<main>
${summary(evidence.sources)}
<section aria-labelledby="unknown"><h2 id="unknown">What is not known</h2><ul>${evidence.notKnown.map((one) => html`<li>${one}</li>`)}</ul></section>
${repositories(evidence.repositories)}
${accountSection(evidence.account)}
${evidence.sources.map(sourceSection)}
${method(evidence)}
</main>
</body>
</html>
`;
  return page.text;
}

function summary(sources: readonly EvidenceSource[]): Html {
  const rows = sources.map((one, at) => {
    const { runs, gaps, proofs, restoreTimes } = one;
    const longest = Math.max(0, ...gaps.map(({ seconds = 0 }) => seconds));
    return html`<tr><th scope="row"><a href="#s${at + 1}">${one.source}</a><br><small>${kindWords[one.kind]}</small></th><td>${runs.promised}</td><td>${runs.made + runs.recorded}</td><td>${runs.missed > 0 ? html`<span class="bad">${runs.missed}</span>` : 0}</td><td>${runs.unknown}</td><td>${gaps.length === 0 ? 'none' : `${gaps.length}, longest ${length(longest)}`}</td><td>${one.backups.length}</td><td>${proofs.good} good${proofs.bad > 0 && html`, <span class="bad">${proofs.bad} bad</span>`}${proofs.unproven > 0 && `, ${proofs.unproven} not tried`}</td><td>${restoreTimes.median === undefined ? 'not measured' : length(restoreTimes.median)}</td></tr>`;
  });
  const head = [
    'Source',
    'Promised runs',
    'Kept',
    'Missed',
    'Not known',
    'Gaps',
    'Backups known',
    'Proofs',
    'Restore, median',
  ];
  return html`<section aria-labelledby="sources"><h2 id="sources">The sources</h2><div class="wide" role="region" aria-label="All sources in a table" tabindex="0"><table><caption>What was promised, and what came of it</caption><thead><tr>${head.map((one) => html`<th scope="col">${one}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function method({ statements }: Evidence): Html {
  return html`<section aria-labelledby="method"><h2 id="method">How to read it</h2><ul>
<li>A promised run is <b>kept</b> when a backup was made from its time on and within its allowance; <b>missed</b> when it is known that none was. It is <b>not known</b> where retention may have deleted the backup with its receipt, and the watchdog did not write the day down.</li>
<li>A <b>gap</b> is missed runs in a row, and lasts until the next backup.</li>
<li>A backup is <b>good</b> when it was restored and agreed with what was read from its source at the same moment; <b>bad</b> when its content was found wrong. <b>Not tried</b>: the restore could not be tested.</li>
<li><b>Restore</b> is the time from its start to the first served query, or to the end of a dump's restore, where backups are proven.</li>
${statements.map(({ about, from }) => html`<li><b>From where</b>, ${about}: ${from}.</li>`)}
</ul></section>`;
}
