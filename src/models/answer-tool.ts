import type { ToolSpec } from '../contract/calls/model-call';
import type { Json, JsonObject } from '../contract/json';
import { ANSWER_TOOL } from '../contract/names';

export { ANSWER_TOOL };

/** The tool that takes an answer of a schema. Arguments are objects: an answer of another type is their `answer`. */
export function answerTool(schema: JsonObject): ToolSpec {
  return {
    name: ANSWER_TOOL,
    description:
      'Gives the final answer. Call it exactly once, when the work is done and no other tool is needed; its arguments are the answer.',
    inputSchema: isWrapped(schema) ? wrapped(schema) : schema,
  };
}

/** The answer in the arguments of its tool, for the schema that the tool was made for. */
export function answerOf(schema: JsonObject, args: JsonObject): Json {
  return isWrapped(schema) && args.answer !== undefined ? args.answer : args;
}

function isWrapped(schema: JsonObject): boolean {
  return schema.type !== 'object';
}

/** Definitions move up with the root, since references are written from there. */
function wrapped({ $defs, definitions, ...schema }: JsonObject): JsonObject {
  return {
    type: 'object',
    properties: { answer: schema },
    required: ['answer'],
    additionalProperties: false,
    ...($defs === undefined ? {} : { $defs }),
    ...(definitions === undefined ? {} : { definitions }),
  };
}
