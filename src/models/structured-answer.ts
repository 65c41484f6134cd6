import type { Json, JsonObject } from '../contract/json';
import type { Part } from '../contract/run/conversation';
import { ANSWER_TOOL, answerOf } from './answer-tool';
import { ABOUT_TOOL_OUTPUT } from './label-tool-output';
import type { ModelRequest, ModelResponse } from './provider';

/** A vendor's reply translated, before the answer is taken out of it. */
export type PlainReply = Omit<ModelResponse, 'output'>;

/** The agent's instructions, what the results of its tools are, and how the answer is to be given where nothing but words says so. */
export function systemText({ system, output, tools }: ModelRequest): string {
  const told = [
    system,
    ...(tools.length === 0 ? [] : [ABOUT_TOOL_OUTPUT]),
    ...(output === undefined || output.mode === 'native'
      ? []
      : [output.mode === 'tool' ? BY_TOOL : asJson(output.schema)]),
  ];
  return told.filter((text) => text !== '').join('\n\n');
}

/** Beside other tools this one cannot be forced, and not every server keeps to a forced one. */
const BY_TOOL = `Give your answer by calling the tool ${ANSWER_TOOL} once. Do not write it as text.`;

function asJson(schema: JsonObject): string {
  return `Answer with one JSON value and nothing else: no explanation, no code fence. It must keep this JSON Schema:\n${JSON.stringify(schema)}`;
}

/** May the reply call a tool of the agent's? The answer's own tool is none of them. */
export function mayCallTools(request: ModelRequest): boolean {
  return request.tools.length > 0 && request.toolChoice !== 'none';
}

/** True where the reply is to begin after a `{` of ours: a prefilled reply cannot call tools. */
export function isPrefilled(request: ModelRequest): boolean {
  return (
    request.output?.mode === 'prompt' && !mayCallTools(request) && request.output.schema.type === 'object'
  );
}

/**
 * Takes the structured answer out of a reply. In `tool` mode the answer's call becomes JSON text, so that the
 * transcript holds no call without a result; beside other calls it is dropped, since it came before their results.
 */
export function withAnswer(request: ModelRequest, reply: PlainReply): ModelResponse {
  if (request.output === undefined) return reply;
  if (request.output.mode === 'tool') return withToolAnswer(request.output.schema, reply);
  if (reply.content.some((part) => part.type === 'toolCall')) return reply;
  const content = isPrefilled(request) ? withPrefill(reply.content) : reply.content;
  const answer = readAnswer(textOf(content));
  return { ...reply, content, ...(answer === undefined ? {} : { output: answer }) };
}

function withToolAnswer(schema: JsonObject, reply: PlainReply): ModelResponse {
  const call = reply.content.find((part) => part.type === 'toolCall' && part.name === ANSWER_TOOL);
  if (call?.type !== 'toolCall') return withTextAnswer(reply);
  const rest = reply.content.filter((part) => part.type !== 'toolCall' || part.name !== ANSWER_TOOL);
  if (rest.some((part) => part.type === 'toolCall')) return { ...reply, content: rest };
  const stop = reply.stop === 'toolUse' ? 'end' : reply.stop;
  const output = answerOf(schema, call.args);
  return { ...reply, stop, content: [...rest, { type: 'text', text: JSON.stringify(output) }], output };
}

/** Models that are offered the answer tool sometimes write the answer out instead. */
function withTextAnswer(reply: PlainReply): ModelResponse {
  if (reply.content.some((part) => part.type === 'toolCall')) return reply;
  const answer = readAnswer(textOf(reply.content));
  return answer === undefined ? reply : { ...reply, output: answer };
}

/** Some servers repeat the prefilled brace and others go on after it; no JSON value begins with two. */
function withPrefill(content: readonly Part[]): readonly Part[] {
  const at = content.findIndex((part) => part.type === 'text');
  const first = content[at];
  if (first?.type !== 'text' || first.text.trimStart().startsWith('{')) return content;
  return content.with(at, { type: 'text', text: `{${first.text}` });
}

/** The JSON value that a text is, with or without a code fence around it. */
export function readAnswer(text: string): Json | undefined {
  const trimmed = text.trim();
  const fenced = /^```(?:json)?\s*\n([\s\S]*?)\n?```$/.exec(trimmed)?.[1];
  try {
    return JSON.parse(fenced ?? trimmed) as Json;
  } catch {
    return undefined;
  }
}

function textOf(content: readonly Part[]): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
