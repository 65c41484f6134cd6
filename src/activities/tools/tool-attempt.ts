import type { ToolCallInput } from '../../contract/calls/tool-call';
import type { Tool } from '../../tools/tool';
import type { CallAttempt } from '../calls/call-attempt';
import type { Standing } from './charter';

/** One try of a tool call. */
export interface ToolAttempt {
  readonly tool: Tool;
  readonly input: ToolCallInput;
  readonly attempt: CallAttempt;
  /** By the run's charter. */
  readonly standing: Standing;
  /** The transcript that it comes from has untrusted output in it, whatever the workflow says. @default false */
  readonly afterUntrusted?: boolean;
}
