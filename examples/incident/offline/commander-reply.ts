import { z } from 'zod';
import type { ModelRequest } from '../../../src/models/provider';
import { output, type ScriptedReply } from '../../../src/models/scripted-reply';
import { openingJson } from '../../../src/testing/read-request';
import { type Action, type Finding, findingsSchema } from '../contracts';

const deploySchema = z.object({ service: z.string(), version: z.string(), previous: z.string() });

/** The service whose errors were found, the deploy of it, and the action that a runbook names for that. */
export function commanderReply(request: ModelRequest): ScriptedReply {
  const tasks = z.record(z.string(), findingsSchema).parse(openingJson(request));
  const findings = Object.values(tasks).flatMap((task) => task.findings);
  const from = (start: string) => findings.filter(({ file }) => file.startsWith(start));
  const [error] = from('logs/');
  const service = /^logs\/(.+)\.log$/.exec(error?.file ?? '')?.[1] ?? 'unknown';
  const metric = from('metrics').find(({ says }) => says.startsWith(`${service} `));
  const change = from('deploys').findLast(({ quote }) => deployIn(quote).service === service);
  const [advice] = from('runbooks/').filter(({ says }) =>
    (change === undefined ? /^without a deploy, restart/i : /^roll back/i).test(says),
  );
  const because =
    change === undefined ? '' : ` after ${service} ${deployIn(change.quote).version} was deployed`;
  return output({
    service,
    cause:
      error === undefined ? 'No log tells what failed.' : `${service} failed${because}: ${messageOf(error)}`,
    evidence: [error, metric, change, advice].filter((each) => each !== undefined),
    action: advice === undefined ? null : actionOn(service, advice, change),
  });
}

function actionOn(service: string, { says: why }: Finding, change: Finding | undefined): Action {
  if (change === undefined) return { kind: 'restart', service, version: null, why };
  return { kind: 'roll_back', service, version: deployIn(change.quote).previous, why };
}

function deployIn(quote: string): z.infer<typeof deploySchema> {
  return deploySchema.parse(JSON.parse(quote));
}

function messageOf({ quote }: Finding): string {
  return quote.replace(/^\S+ ERROR /, '');
}
