import type { Json } from '../../../contract/json';
import type { BranchOutput } from './branch-output';

/** One array where all outputs are arrays, else one Markdown text with a heading a branch. */
export function concatenate(outputs: readonly BranchOutput[]): Json {
  if (outputs.length > 0 && outputs.every(({ output }) => Array.isArray(output)))
    return outputs.flatMap(({ output }) => output as readonly Json[]);
  return outputs.map(({ branch, output }) => `## ${branch}\n\n${textOf(output)}`).join('\n\n');
}

function textOf(output: Json): string {
  return typeof output === 'string' ? output.trim() : JSON.stringify(output, null, 2);
}
