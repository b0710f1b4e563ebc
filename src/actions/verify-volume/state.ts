/** What the main step leaves for the post step: the state's name in the runner's state file. */

/** The verification instance's id, saved before a copy is created for it. */
export const instanceState = 'instance';
