import { proxyLocalActivities } from '@temporalio/workflow';
import type { ToolOutcome } from '../../agent/effects';
import type { BatonActivities } from '../../contract/activities';
import type { PreparedAgent } from '../../contract/run/agent-run';
import { inline, type Value } from '../../contract/value';
import { inTurn } from '../run/in-turn';
import type { Run } from '../run/run';
import { choreOptions } from './activity-options';

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
  const { fitOutput } = proxyLocalActivities<BatonActivities>(choreOptions(run, 'check what is passed on'));
  const fitted = await inTurn(fitOutput({ definition, value }));
  if ('output' in fitted) return { value: fitted.output, isError: false, isAnswer: true };
  const wrong = fitted.violations.map((violation) => `- ${violation}`).join('\n');
  const told = `Not passed on: it does not keep the format that your own answer needs:\n${wrong}\nThe worker's answer:\n`;
  return { value: { text: [inline(told), value] }, isError: false };
}
