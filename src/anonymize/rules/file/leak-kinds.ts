/** What the leak check looks for, and what becomes of what it finds. Apart from document.ts, which needs a library. */
export const leakKinds = ['emails', 'phones', 'ibans', 'cards', 'replaced-values'] as const;
export type LeakKind = (typeof leakKinds)[number];

export const leakActions = ['fail', 'warn', 'off'] as const;
export type LeakAction = (typeof leakActions)[number];
