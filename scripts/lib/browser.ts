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
    // Root cannot have one. The pages are our own.
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-background-networking', '--font-render-hinting=none'],
  });
}
