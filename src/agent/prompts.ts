/** What the loop itself says to a model. Short, since every agent pays for it. */

export const WRAP_UP =
  'This is your last turn. Call no more tools. Give your best final answer now from what you have.';
export const STALLED = `Your last turns brought nothing new. ${WRAP_UP}`;
export const CONTINUE =
  'Your reply was cut off by its length limit. Continue exactly where it stopped, without repeating anything.';
export const SUMMED_UP =
  'The conversation had become too long for you; it is now summed up. Go on from there.';
export const SHORTER = 'Your reply was cut off by its length limit. Give the whole answer again, shorter.';
export const NUDGE = 'Your reply was empty. Give your final answer.';
export const REWRITE = 'Your last tool call could not be read. Write it again with valid JSON arguments.';
export const NO_CALLS_LEFT = 'Not run: the limit of tool calls is reached. Answer from what you have.';

export function repair(violations: readonly string[]): string {
  const list = violations.map((violation) => `- ${violation}`).join('\n');
  return `Your answer does not keep the required format:\n${list}\nGive the whole answer again, corrected, and nothing else.`;
}

export function tooManyAtOnce(limit: number): string {
  return `Not run: at most ${limit} tool calls run in one turn. Ask again if it is still needed.`;
}

export function notGranted(tool: string, granted: readonly string[]): string {
  return `There is no tool "${tool}" for you. Yours are: ${granted.join(', ') || 'none'}.`;
}
