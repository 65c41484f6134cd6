import { failure } from '../../contract/fail';
import { hashOf } from '../../contract/hash';
import type { Json } from '../../contract/json';
import type { StepResult } from '../../contract/run/run';
import type { ToolStep } from '../../contract/team/step';
import { inline, previewOf } from '../../contract/value';
import { preparedTool } from '../calls/prepared';
import { useTool } from '../calls/use-tool';
import { type Run, whole } from '../run/run';
import type { Place } from '../steps/place';

/**
 * Tool: calls one tool with fixed arguments, no model between. Its own error fails the step ToolFailed.
 *
 * Crash: a result that reached the journal is found again under the same idempotency key; a `never` tool whose result
 * was lost is not repeated, a person is asked.
 */
export async function runTool(run: Run, place: Place<ToolStep>): Promise<StepResult> {
  const { step, path, input, generation } = place;
  const lineage = run.lineageOf(path);
  const meta = preparedTool(run, step.tool);
  // Arguments that are all the team's own were written before anything was read.
  const untrusted = takesFromInput(step.args) ? run.taint.into(path) : undefined;
  const result = await useTool(run, place, {
    tool: step.tool,
    meta,
    ...(untrusted === undefined ? {} : { untrusted }),
    call: {
      site: { lineage, path, generation },
      idempotencyKey: hashOf({ lineage, path, tool: step.tool, args: step.args, input }),
      args: inline(step.args),
      input,
      ...(run.prepared.charter === undefined ? {} : { charter: run.prepared.charter }),
    },
    untilMs: run.deadlineAt,
  });
  if (result.refusedBy !== undefined)
    throw failure(
      result.refusedBy === 'policy' ? 'PolicyDenied' : 'ApprovalDenied',
      `Tool "${step.tool}" at ${path}: ${previewOf(result.value)}`,
    );
  if (meta.trust !== 'trusted') run.taint.mark(path, [step.tool]);
  if (result.isError) throw failure('ToolFailed', `Tool "${step.tool}": ${previewOf(result.value)}`);
  return whole(result.value);
}

function takesFromInput(args: Json): boolean {
  if (args === null || typeof args !== 'object') return false;
  if (Array.isArray(args)) return args.some(takesFromInput);
  return '$input' in args || Object.values(args).some(takesFromInput);
}
