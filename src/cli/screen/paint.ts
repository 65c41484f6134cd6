import { createColors } from 'picocolors';
import type { NodeState } from '../../contract/run/view';

/** Colours, or none of them. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly error: (text: string) => string;
  readonly state: (state: NodeState, text: string) => string;
}

export function paintFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint {
  return makePaint(stream.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb');
}

export function makePaint(coloured: boolean): Paint {
  const colors = createColors(coloured);
  const states: Readonly<Record<NodeState, (text: string) => string>> = {
    running: colors.cyan,
    waiting: colors.yellow,
    done: colors.green,
    partial: colors.yellow,
    failed: colors.red,
    skipped: colors.dim,
    cancelled: colors.magenta,
  };
  return {
    bold: colors.bold,
    dim: colors.dim,
    warn: colors.yellow,
    error: colors.red,
    state: (state, text) => states[state](text),
  };
}
