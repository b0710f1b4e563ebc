/** A real browser without a window: the distribution's Chromium, driven by playwright-core. It reaches no network. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { installPackages } from './debian.ts';

const program = '/usr/bin/chromium';

/** Chromium, and a font to write with: a server has none. */
export function installBrowser(purpose: string): void {
  if (!existsSync(program)) installPackages(['chromium', 'fonts-roboto-unhinted'], purpose);
}

/** @throws Error when it does not start; the caller closes it */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: program,
    // Root has no sandbox. A page of ours runs no script and loads nothing; a proxy that does not exist sees to the rest.
    args: [
      '--no-sandbox',
      '--proxy-server=127.0.0.1:9',
      '--disable-background-networking',
      '--font-render-hinting=none',
    ],
  });
}
