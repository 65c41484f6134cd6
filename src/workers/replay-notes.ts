import path from 'node:path';
import type { DataConverter } from '@temporalio/common';
import {
  bundleWorkflowCode,
  DefaultLogger,
  type ReplayHistoriesIterable,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { AUDIT_SINK, type AuditNote } from '../contract/audit';
import { forWorkflows, MARKED_PAYLOADS } from './for-workflows';
import { WORKFLOW_INTERCEPTORS } from './workflow-source';

/** What replaying one execution told. */
export interface ReplayedExecution {
  readonly workflow: string;
  /** In the order in which it happened; of the views only the last. */
  readonly notes: readonly AuditNote[];
  /** Why this build could not go through with it; the notes end there. */
  readonly misfit?: string;
}

/**
 * Replays executions on the workflows of this build, with nothing but their histories, and has them tell what they did.
 * The first time it bundles the workflows anew with what listens to them, which takes some seconds.
 */
export async function replayNotes(
  histories: ReplayHistoriesIterable,
  dataConverter: DataConverter,
): Promise<readonly ReplayedExecution[]> {
  const told = new Map<string, AuditNote[]>();
  const note = ({ runId }: { readonly runId: string }, one: AuditNote): void => {
    const notes = told.get(runId) ?? [];
    if (one.kind === 'stands' && notes.at(-1)?.kind === 'stands') notes.pop();
    notes.push(one);
    told.set(runId, notes);
  };
  const options = {
    workflowBundle: await listeningBundle(),
    dataConverter: forWorkflows(dataConverter),
    sinks: { [AUDIT_SINK]: { note: { fn: note, callDuringReplay: true } } },
  };
  const replayed: ReplayedExecution[] = [];
  for await (const { workflowId, runId, error } of Worker.runReplayHistories(options, histories))
    replayed.push({
      workflow: workflowId,
      notes: told.get(runId) ?? [],
      ...(error === undefined ? {} : { misfit: error.message }),
    });
  return replayed;
}

let bundled: Promise<WorkflowBundleWithSourceMap> | undefined;

/** Made once a process, whose code stays the same. */
function listeningBundle(): Promise<WorkflowBundleWithSourceMap> {
  const source = (name: string) =>
    path.resolve(__dirname, '..', 'workflows', `${name}${path.extname(__filename)}`);
  bundled ??= bundleWorkflowCode({
    workflowsPath: source('index'),
    workflowInterceptorModules: [...WORKFLOW_INTERCEPTORS, 'audit-interceptors'].map(source),
    payloadConverterPath: MARKED_PAYLOADS,
    logger: new DefaultLogger('ERROR'),
  });
  return bundled;
}
