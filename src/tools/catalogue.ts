import { failure } from '../contract/fail';
import type { Tool } from './tool';

/** The tools of a worker, in the order they were given. */
export interface Catalogue extends Iterable<Tool> {
  readonly byName: ReadonlyMap<string, Tool>;
  /** Throws UnknownTool that lists the known ones. */
  get(name: string): Tool;
}

/** Throws InvalidInput that lists every doubled name, and every compensation that no tool of the list can be. */
export function createCatalogue(tools: Iterable<Tool>): Catalogue {
  const byName = new Map<string, Tool>();
  const mistakes: string[] = [];
  for (const tool of tools) {
    if (byName.has(tool.name)) mistakes.push(`two tools are called "${tool.name}"`);
    byName.set(tool.name, tool);
  }
  for (const { name, compensation } of byName.values()) {
    if (compensation === undefined) continue;
    const undo = byName.get(compensation);
    if (undo === undefined)
      mistakes.push(`"${compensation}", which undoes "${name}", is no tool of this list`);
    else if (undo.effect === 'read')
      mistakes.push(`"${compensation}", which undoes "${name}", is declared a read and so undoes nothing`);
  }
  if (mistakes.length > 0)
    throw failure('InvalidInput', `the tools do not fit together:\n- ${mistakes.join('\n- ')}`, {
      details: [{ mistakes }],
    });
  return {
    byName,
    get(name) {
      const tool = byName.get(name);
      if (tool !== undefined) return tool;
      const known = [...byName.keys()].sort();
      throw failure(
        'UnknownTool',
        `there is no tool "${name}"; this worker has ${known.length === 0 ? 'none' : known.join(', ')}`,
        { details: [{ tool: name, known }] },
      );
    },
    [Symbol.iterator]: () => byName.values(),
  };
}
