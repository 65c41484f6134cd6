import type { ViewNode } from '../../contract/run/view';

/** What a step is called in one line: its place in the team, and who does it where that is not the same word. */
export function stepName(node: ViewNode): string {
  const key = lastKey(node.path);
  if (node.kind === 'agent' || node.kind === 'tool')
    return key === undefined || isPosition(key) ? node.label : named(key, node.label);
  const name = node.label === 'root' || isPosition(node.label) ? key : node.label;
  return name === undefined || isPosition(name) ? node.kind : named(name, node.kind);
}

/** `security[2]` of `root/parallel:security[2]`; undefined for the root. */
function lastKey(path: string): string | undefined {
  const segment = path.slice(path.lastIndexOf('/') + 1);
  const colon = segment.indexOf(':');
  return colon < 0 ? undefined : segment.slice(colon + 1);
}

/** `0`, `12[3]`: a place in a list, which says nothing to a reader. */
function isPosition(key: string): boolean {
  return /^\d+(\[\d+\])*$/.test(key);
}

function named(name: string, role: string): string {
  return name === role || name === '' ? role : `${name} (${role})`;
}
