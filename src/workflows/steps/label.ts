import type { Place } from './place';

/** What a step is called in views: the agent's, tool's or team's name, else its own place in the parent. */
export function labelOf({ step, path }: Pick<Place, 'step' | 'path'>): string {
  switch (step.kind) {
    case 'agent':
      return step.agent ?? step.capability ?? '';
    case 'tool':
      return step.tool;
    case 'team':
      return step.team;
    case 'checkpoint':
      return step.label;
    case 'emit':
    case 'on':
      return step.event;
    case 'supervise':
      return step.supervisor;
    default:
      return step.id ?? path.slice(path.lastIndexOf(':') + 1);
  }
}

/** An activity in Temporal's UI: who, and where by the names on the way; its timeline has room for a few words. */
export function summaryOf(who: string, path: string): string {
  const names = path
    .split('/')
    .slice(1)
    .map((segment) => segment.slice(segment.indexOf(':') + 1));
  const way = names.at(-1) === who ? names.slice(0, -1) : names;
  return way.length === 0 ? who : `${who} · ${way.join('/')}`;
}
