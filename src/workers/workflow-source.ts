import { existsSync } from 'node:fs';
import path from 'node:path';
import type { WorkerOptions } from '@temporalio/worker';

/** Files of the workflows' folder that every bundle of them has to have. */
export const WORKFLOW_INTERCEPTORS = ['never-ahead', 'cancelled-not-failed'] as const;

type WorkflowSource = Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'interceptors'>;

/**
 * The workflows' code: the bundle that the build made, which starts in a quarter of a second. Run from TypeScript there
 * is none that could be trusted to be fresh, so the worker bundles the sources itself. A bundle has its failure converter
 * in it, so there are two: with `encodesFailures` messages and stack traces are payloads. Throws where a compiled worker has
 * no bundle.
 */
export function workflowSource(encodesFailures: boolean): WorkflowSource {
  if (__filename.endsWith('.ts')) {
    const source = (name: string) => path.resolve(__dirname, '..', 'workflows', `${name}.ts`);
    return {
      workflowsPath: source('index'),
      interceptors: { workflowModules: WORKFLOW_INTERCEPTORS.map(source) },
    };
  }
  const name = encodesFailures ? 'workflow-bundle-encrypted.js' : 'workflow-bundle.js';
  const codePath = path.resolve(__dirname, '..', '..', name);
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  throw new Error(`The workflow bundle ${codePath} is missing. Make it with "npm run build".`);
}
