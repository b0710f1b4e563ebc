/** The status page: one HTML file that loads nothing and runs nothing. */
import { dayCodes } from '../model/history.ts';
import type { PageModel } from '../model/model.ts';
import { answer, answerOf, todo } from './answer.ts';
import { calendarDefinitions, sample } from './calendar-svg.ts';
import { chartDefinitions } from './chart-svg.ts';
import { contextOf } from './context.ts';
import { details } from './detail.ts';
import { headOf } from './head.ts';
import { type Html, html, link } from './html.ts';
import { favicon, iconDefinitions } from './icons.ts';
import { overview } from './overview.ts';
import { style } from './style.ts';
import { dayWords } from './words.ts';

export function renderPage(model: PageModel): string {
  const context = contextOf(model);
  const { settings, now } = model;
  const { tone, text } = answerOf(model);
  const title = `${text}: backups of ${settings.title}`;
  const head = headOf({ title, style, schemes: 'light dark', icon: favicon(tone) });
  const page = html`<!doctype html>
<html lang="en">
${head}
<body>
<a class="skip" href="#sources">Skip to all sources</a>
${iconDefinitions()}${calendarDefinitions(model.days)}${chartDefinitions(model.days)}
<header>${settings.example && html`<p class="example">An example: nothing on this page is real.</p>`}<p><b>Backups of ${link(settings.repositoryUrl, settings.title)}</b></p><p>As of <time datetime="${now.toISOString()}">${context.time(now)}</time>. Times are in ${settings.timeZone}, ages are as of then.</p></header>
<main>
${answer(context)}
${todo(context)}
${overview(context)}
${legend()}
${details(context)}
${method()}
</main>
<footer><p>Written by ${settings.writtenBy} from receipts and tags. If it was written long ago, the watchdog no longer runs: ${link(settings.docsUrl && `${settings.docsUrl}/status-page.md`, 'how this page is made')}.</p></footer>
</body>
</html>
`;
  return page.text;
}

function legend(): Html {
  return html`<ul class="legend" aria-label="What the cells mean">${dayCodes.map((code) => html`<li>${sample(code)} ${dayWords[code]}</li>`)}</ul>`;
}

function method(): Html {
  return html`<section aria-labelledby="how"><h2 id="how">How to read it</h2><ul>
<li><b>Proven</b>: restored and checked against its source. <b>Bad</b>: restored, and its content found wrong, or no longer as it was stored. <b>Missed</b>: a promised run has made no backup in time. <b>No record</b>: nothing is kept of that day, and nobody wrote down how it went.</li>
<li><b>Recovery</b> is the time that the last restore took, from its start to the first served query, or to the end of a dump's restore. <b>Pause</b> is how long the source stood still.</li>
<li>The <b>forecast</b> of a restore is read from a line through the sizes and times of at most 120 measured restores (Theil-Sen: the median of the slopes of all pairs); where sizes differ by less than a tenth it is their median time. In brackets: where the middle 80 % of measured restores lay around it, or all when there are fewer than ten. Below five there is no forecast.</li>
</ul></section>`;
}
