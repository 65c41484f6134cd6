import type { Place } from './place';

/** What a step is called in views: the agent's, tool's or team's name, else its own place in the parent. */
export function labelOf({ step, path }: Pick<Place, 'step' | 'path'>): string {
  switch (step.kind) {
    case 'agent':
      return step.agent;
    case 'tool':
      return step.tool;
    case 'team':
      return step.team;
    case 'supervise':
      return step.supervisor;
    default:
      return step.id ?? path.slice(path.lastIndexOf(':') + 1);
  }
}
