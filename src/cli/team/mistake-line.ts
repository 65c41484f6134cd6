import type { CheckedFile } from './team-folder';

/** `line 12: root.steps[1].agent: …`, as far as each is known. */
export function mistakeLine({ line, path, message }: CheckedFile['mistakes'][number]): string {
  const where = [line === undefined ? '' : `line ${line}`, path].filter((part) => part !== '');
  return [...where, message].join(': ');
}
