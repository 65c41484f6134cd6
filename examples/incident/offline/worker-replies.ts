import { z } from 'zod';
import type { ModelRequest } from '../../../src/models/provider';
import { output, type ScriptedReply, toolCall } from '../../../src/models/scripted-reply';
import { openingJson, toolResults } from '../../../src/testing/read-request';
import { alertSchema, type Finding, findingsSchema } from '../contracts';

const taskSchema = z.object({
  objective: z.string(),
  input: alertSchema,
  results: z.record(z.string(), findingsSchema).default({}),
});
type Task = z.infer<typeof taskSchema>;

/** A service that got so many times slower is worth a finding. */
const SLOWER = 2;
const lineSchema = z.object({ line: z.number(), text: z.string() });

/** Asks the worker's tool once and tells what came back; what a tool refuses is no finding. */
export function workerReply(request: ModelRequest): ScriptedReply {
  const task = taskSchema.parse(openingJson(request));
  const [result] = toolResults(request);
  if (result === undefined) return ask(request.agent, task);
  return output({
    findings: result.isError ? [] : [...findingsIn(request.agent, JSON.parse(result.content))],
  });
}

function ask(agent: string, { objective, input, results }: Task): ScriptedReply {
  const { from, to, service } = input;
  switch (agent) {
    case 'metrics-reader':
      return toolCall('compare_metrics', { from, to });
    case 'logs-reader':
      return toolCall('search_logs', {
        service: /errors of ([a-z-]+)/.exec(objective)?.[1] ?? service,
        from,
        to,
      });
    case 'changes-reader':
      return toolCall('list_deploys', { from, to });
    default: {
      const said = Object.values(results).flatMap(({ findings }) => findings.map(({ says }) => says));
      return toolCall('find_runbooks', { words: said.join(' ').slice(0, 500) || service });
    }
  }
}

function findingsIn(agent: string, result: unknown): readonly Finding[] {
  switch (agent) {
    case 'metrics-reader': {
      const { file, services } = z
        .object({
          file: z.string(),
          services: z.array(z.object({ service: z.string(), slower: z.number(), slowest: lineSchema })),
        })
        .parse(result);
      return services
        .filter(({ slower }) => slower >= SLOWER)
        .map(({ service, slower, slowest: { line, text } }) => ({
          says: `${service} became ${slower} times slower`,
          file,
          line,
          quote: text,
        }));
    }
    case 'logs-reader': {
      const { file, messages } = z
        .object({
          file: z.string(),
          messages: z.array(
            z.object({ level: z.string(), count: z.number(), firstLine: z.number(), first: z.string() }),
          ),
        })
        .parse(result);
      return messages
        .filter(({ level }) => level === 'ERROR')
        .map(({ count, firstLine, first }) => ({
          says: `${count} times from ${first.replace(' ERROR', ':')}`,
          file,
          line: firstLine,
          quote: first,
        }));
    }
    case 'changes-reader': {
      const { file, deploys } = z
        .object({
          file: z.string(),
          deploys: z.array(
            lineSchema.extend({
              service: z.string(),
              version: z.string(),
              at: z.string(),
              summary: z.string(),
            }),
          ),
        })
        .parse(result);
      return deploys.map(({ line, text, service, version, at, summary }) => ({
        says: `${service} ${version} was deployed at ${at}: ${summary}`,
        file,
        line,
        quote: text,
      }));
    }
    default: {
      const books = z.array(z.object({ file: z.string(), lines: z.array(lineSchema) })).parse(result);
      return books.flatMap(({ file, lines }) =>
        lines
          .filter(({ text }) => text.startsWith('- '))
          .map(({ line, text }) => ({ says: text.slice(2), file, line, quote: text })),
      );
    }
  }
}
