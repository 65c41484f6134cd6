import { z } from 'zod';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';
import type { IncidentFiles, Line } from './incident-files';

const FILE = 'metrics.csv';

interface Sample extends Line {
  readonly at: number;
  readonly service: string;
  readonly errorShare: number;
  readonly p95Ms: number;
}

/** `compare_metrics`: every service at its first sample and at its slowest. */
export function compareMetrics(files: IncidentFiles): Tool {
  return defineTool({
    name: 'compare_metrics',
    description:
      'Compares the p95 latency and the share of errors of all services: the first sample with the slowest one. The service that slowed down most comes first.',
    input: z.object({ from: z.iso.datetime(), to: z.iso.datetime() }),
    effect: 'read',
    repeat: 'safe',
    run: async ({ from, to }) => {
      const samples = (await files.lines(FILE))
        .slice(1)
        .map(sampleOf)
        .filter(({ at }) => at >= Date.parse(from) && at <= Date.parse(to));
      const names = [...new Set(samples.map(({ service }) => service))];
      const services = names.flatMap((service) => {
        const own = samples.filter((sample) => sample.service === service);
        const [first] = own;
        const slowest = own.toSorted((a, b) => b.p95Ms - a.p95Ms)[0];
        if (first === undefined || slowest === undefined) return [];
        return [
          {
            service,
            slower: rounded(slowest.p95Ms / first.p95Ms),
            first: shown(first),
            slowest: shown(slowest),
          },
        ];
      });
      return { file: FILE, services: services.toSorted((a, b) => b.slower - a.slower) };
    },
  });
}

function sampleOf({ line, text }: Line): Sample {
  const [time = '', service = '', requests, errors, p95Ms] = text.split(',');
  return {
    line,
    text,
    service,
    at: Date.parse(time),
    errorShare: Number(errors) / Math.max(1, Number(requests)),
    p95Ms: Number(p95Ms),
  };
}

function shown({ line, text, errorShare, p95Ms }: Sample) {
  return { line, text, p95Ms, errorShare: rounded(errorShare) };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
