/**
 * Imported first, for its effect, by what streams gigabytes through buffers: the heap stays near what is in use, but may
 * double before it is marked again. The buffers that come and go count towards the next time, which with the steps of
 * small-heap.ts would come several times a second and take a tenth of the time.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=100');
