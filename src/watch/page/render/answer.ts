/** The first thing on the page: whether everything is proven, and if not, what is missing and what to do. */
import { plural } from '../../../runtime/format.ts';
import type { PageModel } from '../model/model.ts';
import type { SourceModel } from '../model/source.ts';
import type { PageContext } from './context.ts';
import { type Html, html, link } from './html.ts';
import { icon } from './icons.ts';
import { restoreCommand, restorePage, steps } from './steps.ts';
import { ageWords, kindWords, stateWords, type Tone, tones } from './words.ts';

export interface Answer {
  readonly tone: Tone;
  readonly text: string;
}

/** One sentence for the whole page, which is its title, too. */
export function answerOf({ sources, troubled, taken, unread, proven }: PageModel): Answer {
  if (troubled.length > 0) {
    const need = troubled.length === 1 ? 'needs' : 'need';
    const tone = troubled.some(({ state }) => tones[state] === 'bad') ? 'bad' : 'late';
    return { tone, text: `${troubled.length} of ${plural(sources.length, 'source')} ${need} you` };
  }
  if (unread.length > 0) return { tone: 'late', text: 'Not everything could be read' };
  if (sources.length === 0) return { tone: 'calm', text: 'Nothing is promised, and nothing is kept' };
  if (taken > 0) {
    const are = taken === 1 ? 'is' : 'are';
    return {
      tone: 'good',
      text: `Nothing is missing; ${plural(taken, 'source')} of ${sources.length} ${are} not proven`,
    };
  }
  return { tone: 'good', text: proven === 0 ? 'Nothing is due yet' : 'Everything is proven' };
}

/** The counts behind the answer. */
function tally({ proven, taken, retired, troubled, sources }: PageModel): string {
  const waiting = sources.filter(({ state }) => state === 'waiting').length;
  const parts: readonly (readonly [number, string])[] = [
    [troubled.length, 'in trouble'],
    [proven, 'proven'],
    [taken, 'taken, which nobody restores'],
    [waiting, 'not due yet'],
    [retired, 'no longer promised'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ');
}

/** Of the sources that are proven, the one whose newest proven backup is the oldest. */
function oldest({ sources }: PageModel): Html | undefined {
  const [one] = sources
    .filter(({ state, age }) => state === 'proven' && age !== undefined)
    .sort((a, b) => (b.age ?? 0) - (a.age ?? 0));
  return one?.age === undefined
    ? undefined
    : html`<p>Of those that are proven, ${one.source} was backed up longest ago: ${ageWords(one.age)}.</p>`;
}

export function answer({ model }: PageContext): Html {
  const { tone, text } = answerOf(model);
  return html`<section class="answer ${tone}" aria-labelledby="answer">${icon(tone)}<div><h1 id="answer">${text}</h1><p>${tally(model)}.</p>${oldest(model)}${
    model.unread.length > 0 &&
    html`<p>Not read, so not on this page:</p><ul>${model.unread.map((one) => html`<li>${one}</li>`)}</ul>`
  }</div></section>`;
}

export function todo(context: PageContext): Html {
  const { troubled } = context.model;
  if (troubled.length === 0) return html``;
  return html`<section aria-labelledby="todo"><h2 id="todo">What to do</h2><ol class="todo">${troubled.map((one, at) => card(one, context, at < context.room.fullCards))}</ol>${troubled.length > context.room.fullCards && html`<p>From the ${context.room.fullCards + 1}th on, a card has no links: where to look is as in those above, and each run is in the part of its source.</p>`}</section>`;
}

/** @param full with links to where to look */
function card(source: SourceModel, context: PageContext, full: boolean): Html {
  const { settings } = context.model;
  const [worst] = source.troubles;
  if (!worst) return html``;
  const tone = tones[worst.trouble];
  return html`<li class="card ${tone}"><h3>${icon(tone)}<a href="#${context.anchor(source.key)}">${source.source}</a> <span class="kind">${kindWords[source.kind]}</span> <span class="tag ${tone}">${stateWords[worst.trouble]}</span></h3>${source.troubles.map(({ text }) => html`<p>${text}</p>`)}${full && html`<ul>${steps(source, worst.trouble, settings).map((step) => html`<li>${step}</li>`)}</ul>`}${newestGood(source, context, full)}</li>`;
}

/** What there is to go back to, and the command that does it. */
function newestGood(source: SourceModel, { model, time }: PageContext, full: boolean): Html {
  const { settings, now } = model;
  const good = source.newestGood ?? source.newest;
  if (!good) return html`<p class="good-one"><b>There is no backup of it.</b></p>`;
  const age = ageWords((now.getTime() - Date.parse(good.takenAt)) / 1000);
  const which = source.newestGood ? 'Newest proven backup' : 'Newest backup, never proven';
  return html`<div class="good-one"><p><b>${which}: ${age} old</b>, of ${time(good.takenAt)}. ${full ? link(restorePage(good, settings), 'To get the data back') : 'To get it back'}:</p><pre tabindex="0"><code>${restoreCommand(good, settings)}</code></pre></div>`;
}
