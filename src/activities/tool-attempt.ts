import type { ToolCallInput } from '../contract/tool-call';
import type { Tool } from '../tools/tool';
import type { CallAttempt } from './call-attempt';

/** One try of a tool call. */
export interface ToolAttempt {
  readonly tool: Tool;
  readonly input: ToolCallInput;
  readonly attempt: CallAttempt;
}
