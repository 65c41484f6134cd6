import type { ToolOutcome } from '../../agent/effects';
import type { PreparedAgent } from '../../contract/run/agent-run';
import { inline, type Value } from '../../contract/value';
import type { Run } from '../run/run';
import { chore } from './chore';

/**
 * A worker's answer as its supervisor's own, where it keeps the supervisor's output contract. One that does not goes to
 * the supervisor like any other result, with what is wrong with it.
 */
export async function passOn(
  run: Pick<Run, 'settings'>,
  { definition, hasOutputContract }: PreparedAgent,
  value: Value,
): Promise<ToolOutcome> {
  if (!hasOutputContract) return { value, isError: false, isAnswer: true };
  const fitted = await chore(run, 'check what is passed on', 'fitOutput', { definition, value });
  if ('output' in fitted) return { value: fitted.output, isError: false, isAnswer: true };
  const wrong = fitted.violations.map((violation) => `- ${violation}`).join('\n');
  const told = `Not passed on: it does not keep the format that your own answer needs:\n${wrong}\nThe worker's answer:\n`;
  return { value: { text: [inline(told), value] }, isError: false };
}
