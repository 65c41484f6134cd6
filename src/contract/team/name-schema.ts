import { z } from 'zod';

/** Agents, branches, workers, tools and phases: short enough for every provider's tool-name rule, and free of path signs. */
export const nameSchema = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_-]{0,47}$/,
    'must start with a letter and hold at most 48 letters, digits, "_" or "-"',
  );

/** What examples are examples of: a route, or an intent inside it. */
export const labelSchema = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_-]{0,47}(\/[A-Za-z0-9_-]{1,100})?$/,
    'must be the name of a route, "otherwise", or either with an intent behind it: "billing/refund"',
  );
