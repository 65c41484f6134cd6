import type { BatonClient } from '../../client/connect';
import type { RunView } from '../../contract/run/view';
import type { Console } from '../screen/console';
import { openScreen, type Screen } from '../screen/live-screen';
import { type AnsweringOptions, openAnswering } from './answer-approvals';

export interface FollowOptions extends AnsweringOptions {
  /** Shows no progress; questions are still put. */
  readonly quiet?: boolean;
  readonly signal: AbortSignal;
}

/** Shows a run until it is over or the signal stops the watching; returns the last view that it saw. */
export async function followRun(
  client: BatonClient,
  run: string,
  ui: { readonly console: Console; readonly options: FollowOptions },
): Promise<RunView | undefined> {
  const { console, options } = ui;
  const screen = options.quiet === true ? noScreen(console) : openScreen(console);
  const { signal } = options;
  const answering = openAnswering(client, { console, screen }, options);
  let last: RunView | undefined;
  try {
    for await (const view of client.watch(run, { signal })) {
      last = view;
      screen.show(view);
      answering.consider(view);
    }
    return last;
  } finally {
    await answering.close();
    screen.finish();
  }
}

function noScreen({ note }: Console): Screen {
  const nothing = (): void => undefined;
  return { show: nothing, note, pause: nothing, resume: nothing, finish: nothing };
}
