import { z } from 'zod';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';
import type { IncidentFiles, Line } from './incident-files';

const MAX_PATTERNS = 20;
const LINE = /^(?<at>\S+) (?<level>ERROR|WARN|INFO) (?<message>.*)$/;
const LEVELS = ['ERROR', 'WARN', 'INFO'] as const;

/** `search_logs`: lines that differ in their numbers only are shown once, with how often they came. */
export function searchLogs(files: IncidentFiles): Tool {
  return defineTool({
    name: 'search_logs',
    description:
      'Shows what a service logged: each kind of message once, the gravest and most frequent first, with its count and its first line.',
    input: z.object({
      service: z.string().describe('Name of the service'),
      from: z.iso.datetime().describe('Time such as 2027-03-02T13:30:00Z'),
      to: z.iso.datetime(),
    }),
    effect: 'read',
    repeat: 'safe',
    run: async ({ service, from, to }) => {
      const known = await files.names('logs', '.log');
      if (!known.includes(service))
        throw new Error(`there are no logs of "${service}"; there are some of ${known.join(', ')}`);
      const file = `logs/${service}.log`;
      const lines = (await files.lines(file)).filter(({ text }) => isWithin(text, from, to));
      return { file, lines: lines.length, messages: kindsOf(lines).slice(0, MAX_PATTERNS) };
    },
  });
}

function isWithin(text: string, from: string, to: string): boolean {
  const at = Date.parse(LINE.exec(text)?.groups?.at ?? '');
  return at >= Date.parse(from) && at <= Date.parse(to);
}

// No interface: those are no JSON to the compiler.
type Kind = {
  readonly level: (typeof LEVELS)[number];
  readonly count: number;
  readonly firstLine: number;
  readonly first: string;
};

function kindsOf(lines: readonly Line[]): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const { line, text } of lines) {
    const { level, message = '' } = LINE.exec(text)?.groups ?? {};
    const key = `${level} ${message.replace(/\d+/g, '#')}`;
    const known = kinds.get(key);
    kinds.set(key, {
      level: LEVELS.find((each) => each === level) ?? 'INFO',
      count: (known?.count ?? 0) + 1,
      firstLine: known?.firstLine ?? line,
      first: known?.first ?? text,
    });
  }
  return [...kinds.values()].toSorted(
    (a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || b.count - a.count,
  );
}
