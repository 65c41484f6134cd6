import type { JsonObject } from '../contract/json';
import type { ToolSpec } from '../contract/model-call';

/** Name of the tool whose arguments are the structured answer, in `tool` mode. No team's tool may bear it. */
export const ANSWER_TOOL = 'give_answer';

export function answerTool(schema: JsonObject): ToolSpec {
  return {
    name: ANSWER_TOOL,
    description:
      'Gives the final answer. Call it exactly once, when the work is done and no other tool is needed; its arguments are the answer.',
    inputSchema: schema,
  };
}
