/** What the main step leaves for the post step: the state's name in the runner's state file. */

/** The verification instance's id, saved before anything is brought up on it. */
export const instanceState = 'instance';
