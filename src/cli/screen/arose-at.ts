import type { ViewNode } from '../../contract/run/view';

/** Is it this step whose failure it was first? The steps around it fail of the same. */
export function aroseAt({ path, failure }: ViewNode, nodes: readonly ViewNode[]): boolean {
  return (
    failure !== undefined &&
    !nodes.some((node) => node.path.startsWith(`${path}/`) && node.failure?.message === failure.message)
  );
}
