/**
 * What a heartbeat service is told of a run: that it starts, and how it ended. The service notices what nobody inside can: that nothing was told.
 * The input `heartbeat-url` is one URL, whose service is known by its address, or lines of `start=`, `success=` and `failure=`.
 */

export const heartbeatSignals = ['start', 'success', 'failure'] as const;
export type HeartbeatSignal = (typeof heartbeatSignals)[number];

/** The run that is told of. */
export interface HeartbeatRun {
  readonly action: string;
  readonly source: string;
  /** Page of the run. */
  readonly url: string;
  /** A UUID, the same for start and end: by it services tell runs at the same time apart. */
  readonly id: string;
}

export interface HeartbeatRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Only of a POST. */
  readonly body: string | undefined;
}

/** How a service wants to be told; undefined for what it does not take. */
type Service = (url: URL, signal: HeartbeatSignal, run: HeartbeatRun) => HeartbeatRequest | undefined;

const textOf = ({ action, url }: HeartbeatRun): string => `${action} ${url}`;

/** @see https://healthchecks.io/docs/http_api/: URL/start, URL and URL/fail; `rid`; the body is kept with the ping */
const healthchecks: Service = (url, signal, run) => {
  if (!url.searchParams.has('rid')) url.searchParams.set('rid', run.id);
  return {
    method: 'POST',
    url: under(url, { start: 'start', success: '', failure: 'fail' }[signal]),
    body: textOf(run),
  };
};

/** @see https://betterstack.com/docs/uptime/cron-and-heartbeat-monitor/: URL and URL/fail, by GET or POST; it knows no start */
const betterStack: Service = (url, signal, run) =>
  signal === 'start'
    ? undefined
    : { method: 'POST', url: under(url, signal === 'failure' ? 'fail' : ''), body: textOf(run) };

/** @see https://cronitor.io/docs/telemetry-api: `state`, `series` and `message` */
const cronitor: Service = (url, signal, run) =>
  asked(url, {
    state: { start: 'run', success: 'complete', failure: 'fail' }[signal],
    series: run.id,
    message: textOf(run),
  });

/** @see https://github.com/louislam/uptime-kuma, server/routers/api-router.js: `status` and `msg`, in version 1 only by GET; it knows no start */
const uptimeKuma: Service = (url, signal, run) => {
  if (signal === 'start') return undefined;
  // Its page shows the URL with an empty one.
  url.searchParams.delete('ping');
  return asked(url, { status: signal === 'success' ? 'up' : 'down', msg: textOf(run) });
};

/** @see https://www.rubydoc.info/gems/snitcher (its own client): `s` other than 0 is a failure, `m` a message; it knows no start */
const deadMansSnitch: Service = (url, signal, run) =>
  signal === 'start' ? undefined : asked(url, { ...(signal === 'failure' ? { s: '1' } : {}), m: textOf(run) });

/** Anything that is not known by its address speaks as Healthchecks.io does: others do, and it can be run by anyone. */
function serviceAt({ hostname, pathname }: URL): Service {
  if (hostname === 'cronitor.link') return cronitor;
  if (hostname === 'nosnch.in') return deadMansSnitch;
  if (/^\/api\/v1\/heartbeat\/[^/]+$/.test(pathname)) return betterStack;
  if (/^\/api\/push\/[^/]+$/.test(pathname)) return uptimeKuma;
  return healthchecks;
}

/** @returns undefined when nothing is to be sent @throws Error as `checkHeartbeat` does */
export function heartbeatRequest(
  given: string,
  signal: HeartbeatSignal,
  run: HeartbeatRun,
): HeartbeatRequest | undefined {
  const { one, lines } = read(given);
  if (one === undefined) {
    const line = lines[signal];
    return line === undefined ? undefined : { method: 'GET', url: fill(line, run), body: undefined };
  }
  const url = new URL(fill(one, run));
  url.pathname = url.pathname.replace(/\/+$/, '');
  return serviceAt(url)(url, signal, run);
}

/** @throws Error that says what is wrong, and never shows a URL: whoever has it can tell the service anything */
export function checkHeartbeat(given: string): void {
  const { one, lines } = read(given);
  for (const template of one === undefined ? Object.values(lines) : [one]) checkTemplate(template);
}

interface Given {
  readonly one: string | undefined;
  readonly lines: { readonly [Signal in HeartbeatSignal]?: string };
}

function read(given: string): Given {
  const texts = given
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const [first = ''] = texts;
  if (texts.length === 1 && !/^[a-z]+\s*=/.test(first)) return { one: first, lines: {} };
  const lines: Record<string, string> = {};
  texts.forEach((line, index) => {
    const [, name = '', template = ''] = /^([a-z]+)\s*=\s*(\S+)$/.exec(line) ?? [];
    if (!heartbeatSignals.some((signal) => signal === name))
      throw new Error(`line ${index + 1} is not start=, success= or failure= with a URL`);
    if (name in lines) throw new Error(`${name}= is given twice`);
    lines[name] = template;
  });
  return { one: undefined, lines };
}

const placeholders = ['action', 'source', 'run', 'id'] as const;

function checkTemplate(template: string): void {
  const unknown = [...template.matchAll(/\{([^{}]*)\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !isPlaceholder(name));
  if (unknown.length > 0)
    throw new Error(`{${unknown[0]}} is none of ${placeholders.map((name) => `{${name}}`).join(', ')}`);
  const url = /\s/.test(template) ? null : URL.parse(fill(template, { action: 'a', source: 's', url: 'u', id: 'i' }));
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Error('it is not a URL that begins with https:// or http://');
  if (url.username !== '' || url.password !== '') throw new Error('a user and a password in a URL are not sent');
}

const isPlaceholder = (name: string): name is (typeof placeholders)[number] => placeholders.some((one) => one === name);

/** Names become what slugs may have: a-z, 0-9, hyphens and underscores (healthchecks.io/docs/http_api/). */
function fill(template: string, { action, source, url, id }: HeartbeatRun): string {
  const slug = (name: string) =>
    name
      .toLowerCase()
      .replace(/[^a-z0-9_]+/g, '-')
      .replace(/^-+|-+$/g, '');
  const values = { action: slug(action), source: slug(source), run: encodeURIComponent(url), id };
  return template.replace(/\{([a-z]+)\}/g, (whole, name: string) => (isPlaceholder(name) ? values[name] : whole));
}

/** With a word behind its path, before its query, such as `?create=1` of a slug. */
function under(url: URL, word: string): string {
  if (word !== '') url.pathname = `${url.pathname}/${word}`;
  return url.href;
}

function asked(url: URL, parameters: Readonly<Record<string, string>>): HeartbeatRequest {
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { method: 'GET', url: url.href, body: undefined };
}
