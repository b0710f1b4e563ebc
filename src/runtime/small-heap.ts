/**
 * Imported first, for its effect: the heap stays close to what is in use. Parsing a page of 1,000 items makes some 50 MB of
 * garbage, which V8 lets accumulate while there is free memory; a runner that several jobs share may have none. V8 reads
 * both flags whenever it considers growing the heap (src/heap in V8; `node --v8-options`), so they can be set here.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=20');
