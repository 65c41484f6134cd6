import { z } from 'zod';
import type { ModelRequest } from '../../../src/models/provider';
import { output, type ScriptedReply } from '../../../src/models/scripted-reply';
import { openingJson } from '../../../src/testing/read-request';
import { alertSchema, findingsSchema } from '../contracts';

const askedSchema = z.object({
  input: alertSchema,
  done: z.record(z.string(), findingsSchema).default({}),
  failed: z.array(z.object({ task: z.string() })).default([]),
});

/** First the service of the alert; where its log tells nothing, the service that the metrics say slowed down most. */
export function leadReply(request: ModelRequest): ScriptedReply {
  const { input, done, failed } = askedSchema.parse(openingJson(request));
  if (failed.length === 0)
    return output({
      tasks: [
        { id: 'metrics', worker: 'metrics', objective: 'Find the services that slowed down.' },
        { id: 'changes', worker: 'changes', objective: 'List what was deployed before it began.' },
        ...followUp(input.service, 1),
      ],
    });
  const slowest = (done.metrics?.findings ?? []).map(({ says }) => says.split(' ')[0] ?? '');
  const looked = [input.service, ...slowest].slice(0, failed.length);
  const next = slowest.find((service) => !looked.includes(service)) ?? input.service;
  return output({ tasks: followUp(next, failed.length + 1) });
}

function followUp(service: string, round: number) {
  const logs = round === 1 ? 'logs' : `logs-${round}`;
  return [
    { id: logs, worker: 'logs', objective: `Find the errors of ${service}.` },
    {
      id: round === 1 ? 'runbooks' : `runbooks-${round}`,
      worker: 'runbooks',
      objective: `Find what is to be done about the errors of ${service}.`,
      requires: [logs],
    },
  ];
}
