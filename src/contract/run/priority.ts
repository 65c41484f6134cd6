/** How urgent a run is among all that wait for workers: 1 goes first, 5 last, 3 where nothing is said. */
export const PRIORITIES = [1, 2, 3, 4, 5] as const;
export type Priority = (typeof PRIORITIES)[number];
